namespace MedISeg.Inference.Prediction;

/// <summary>Where a network call reads and writes.</summary>
/// <param name="Input">Address of the first value of the first patch.</param>
/// <param name="Output">Address of its first score.</param>
/// <param name="Size">Extent.</param>
internal readonly record struct CallMemory(nint Input, nint Output, BatchSize Size);
