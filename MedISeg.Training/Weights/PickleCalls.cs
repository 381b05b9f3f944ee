namespace MedISeg.Training.Weights;

/// <summary>The few callables of a checkpoint that are understood, by name; none is run.</summary>
internal static class PickleCalls
{
    private const int MostAxes = 64;

    /// <summary>What a call makes.</summary>
    /// <param name="callable">What the pickle calls.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="InvalidDataException">A tensor is described by something else than PyTorch writes.</exception>
    public static object Make(object? callable, List<object?> arguments) => callable switch
    {
        PickleName { Module: "torch._utils", Name: "_rebuild_tensor_v2" or "_rebuild_tensor" } => Tensor(arguments),
        PickleName { Module: "torch._utils", Name: "_rebuild_parameter" } when arguments is [PickleTensor tensor, ..] => tensor,
        PickleName { Module: "collections", Name: "OrderedDict" } => Ordered(arguments),
        PickleName { Module: "torch", Name: "Size" } when arguments is [List<object?> extents] => extents,
        _ => new PickleOpaque(callable),
    };

    /// <summary>What a persistent id stands for: <c>('storage', class, key, location, count)</c>.</summary>
    public static object Persistent(object? id) =>
        id is List<object?> and ["storage", PickleName kind, string key, _, long count, ..] && count >= 0
            ? new PickleStorage(kind.Name, key, count)
            : new PickleOpaque(null);

    /// <summary>What stands for a key in a dictionary: a text itself, all else something unequal to every other key, since it names no tensor
    /// and the equality of hostile keys may never end.</summary>
    public static object Key(object? key) => key as string ?? new object();

    private static PickleTensor Tensor(List<object?> arguments)
    {
        if (arguments is not [PickleStorage storage, long offset, List<object?> shape, List<object?> strides, ..]
            || shape.Count > MostAxes || shape.Count != strides.Count || !shape.Concat(strides).All(extent => extent is >= 0L) || offset < 0)
            throw new InvalidDataException("The checkpoint describes a tensor in an unknown way.");
        return new PickleTensor(storage, offset, [.. shape.Select(extent => (long)extent!)], [.. strides.Select(stride => (long)stride!)]);
    }

    private static Dictionary<object, object?> Ordered(List<object?> arguments)
    {
        Dictionary<object, object?> made = [];
        if (arguments is not [List<object?> pairs, ..]) return made;
        foreach (object? pair in pairs)
            if (pair is List<object?> and [var key, var value]) made[Key(key)] = value;
        return made;
    }
}
