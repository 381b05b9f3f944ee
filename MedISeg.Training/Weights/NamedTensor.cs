namespace MedISeg.Training.Weights;

/// <summary>A tensor of a weights file.</summary>
/// <param name="Shape">Extents, slowest axis first; empty: a single number.</param>
/// <param name="Values">Row-major; numbers of other types than 32-bit floats are rounded to one.</param>
internal sealed record NamedTensor(IReadOnlyList<long> Shape, float[] Values);
