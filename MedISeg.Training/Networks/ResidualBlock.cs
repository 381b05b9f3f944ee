namespace MedISeg.Training.Networks;

/// <summary>Convolutions with their normalisation, added to their input: an activation between them and after the sum.</summary>
/// <param name="units">The convolutions in order.</param>
/// <param name="shortcut">What the input goes through before it is added; null: it is added as it is.</param>
/// <param name="slope">Of the activation below zero; 0: a rectifier.</param>
/// <param name="pool">Sides of the blocks whose means go into the shortcut; null: the input itself.</param>
internal sealed class ResidualBlock(
    IReadOnlyList<(ConvLayer Conv, NormLayer Norm)> units, (ConvLayer Conv, NormLayer Norm)? shortcut, double slope = 0,
    IReadOnlyList<int>? pool = null)
{
    /// <summary>All tensors in a fixed order, those of the shortcut last.</summary>
    public IEnumerable<ParameterInfo> Parameters()
    {
        IEnumerable<(ConvLayer Conv, NormLayer Norm)> all = shortcut is { } beside ? units.Append(beside) : units;
        return all.SelectMany(unit => unit.Conv.Parameters().Concat(unit.Norm.Parameters()));
    }

    /// <summary>Shape [batch, channels, spatial] to the units' channels and stride.</summary>
    public T Run<T>(IOps<T> ops, T input)
    {
        T value = input;
        for (int n = 0; n < units.Count; n++)
        {
            if (n > 0) value = ops.Activation(value, slope);
            value = ops.Norm(ops.Conv(value, units[n].Conv), units[n].Norm);
        }
        T beside = pool is null ? input : ops.MeanPool(input, pool);
        if (shortcut is { } path) beside = ops.Norm(ops.Conv(beside, path.Conv), path.Norm);
        return ops.Activation(ops.Add(value, beside), slope);
    }
}
