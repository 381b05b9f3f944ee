namespace MedISeg.Dicom.IO;

/// <summary>A data set or a sequence that is being read.</summary>
/// <param name="Dataset">The data set; for a sequence the one that holds it.</param>
/// <param name="Sequence">The sequence; null: a data set is read.</param>
/// <param name="End">Index of the first byte that it cannot have.</param>
/// <param name="IsUndefined">Whether a delimiter ends it.</param>
/// <param name="IsBounded">Whether something that it is in has a length, so that its end is known without a delimiter.</param>
/// <param name="Coding">How its elements are laid out.</param>
internal sealed record Level(DicomDataset Dataset, DicomSequence? Sequence, int End, bool IsUndefined, bool IsBounded, ElementCoding Coding);
