namespace MedISeg.Training.Weights;

/// <summary>A class or function that a pickle names. It is never looked up and never run.</summary>
internal sealed record PickleName(string Module, string Name);

/// <summary>What a pickle would have made by running code that we do not run.</summary>
internal sealed record PickleOpaque(object? Maker);

/// <summary>The numbers behind tensors, by PyTorch's persistent id.</summary>
/// <param name="Kind">Storage class.</param>
/// <param name="Key">Name within the file.</param>
/// <param name="Count">Numbers that it holds.</param>
internal sealed record PickleStorage(string Kind, string Key, long Count);

/// <summary>A tensor that a pickle describes; its numbers are in a storage.</summary>
/// <param name="Storage">Where the numbers are.</param>
/// <param name="Offset">First number.</param>
/// <param name="Shape">Extents.</param>
/// <param name="Strides">Distance of neighbours along each axis, in numbers.</param>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, IReadOnlyList<long> Shape, IReadOnlyList<long> Strides);
