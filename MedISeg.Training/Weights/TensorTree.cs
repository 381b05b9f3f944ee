namespace MedISeg.Training.Weights;

/// <summary>Tensors within the dictionaries of a checkpoint.</summary>
internal static class TensorTree
{
    private const int Deepest = 16;

    /// <summary>All tensors, wherever they are.</summary>
    public static IEnumerable<PickleTensor> Tensors(object? root) => Walk(root, "", 0, new(ReferenceEqualityComparer.Instance)).Select(entry => entry.Tensor);

    /// <summary>Tensors under the keys of nested dictionaries, joined by dots; those within lists have no name. A dictionary that is held twice counts once.</summary>
    public static IEnumerable<(string Name, PickleTensor Tensor)> Named(object? root) =>
        from entry in Walk(root, "", 0, new(ReferenceEqualityComparer.Instance))
        where !string.IsNullOrEmpty(entry.Name)
        select (entry.Name, entry.Tensor);

    // The name is empty at the top, and null below something that has none.
    private static IEnumerable<(string? Name, PickleTensor Tensor)> Walk(object? value, string? name, int depth, HashSet<object> seen)
    {
        // Collections may hold themselves, or one another many times over.
        if (depth > Deepest || value is Dictionary<object, object?> or List<object?> && !seen.Add(value)) yield break;
        switch (value)
        {
            case PickleTensor tensor:
                yield return (name, tensor);
                break;
            case Dictionary<object, object?> dictionary:
                foreach ((object key, object? inner) in dictionary)
                    foreach ((string?, PickleTensor) found in Walk(inner, Joined(name, key), depth + 1, seen)) yield return found;
                break;
            case List<object?> list:
                foreach (object? inner in list)
                    foreach ((string?, PickleTensor) found in Walk(inner, null, depth + 1, seen)) yield return found;
                break;
        }
    }

    private static string? Joined(string? outer, object key) => key is string text && outer is not null ? outer.Length == 0 ? text : $"{outer}.{text}" : null;
}
