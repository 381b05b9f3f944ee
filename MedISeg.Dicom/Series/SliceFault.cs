namespace MedISeg.Dicom.Series;

/// <summary>Why slices form no regular grid.</summary>
/// <param name="What">A sentence with numbers and mm.</param>
/// <param name="Remedy">What the sender can do, without a full stop.</param>
internal sealed record SliceFault(string What, string Remedy);
