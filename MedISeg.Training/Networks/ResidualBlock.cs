namespace MedISeg.Training.Networks;

/// <summary>Convolutions with their normalisation, added to their input: a rectifier between them and after the sum.</summary>
/// <param name="units">The convolutions in order.</param>
/// <param name="shortcut">What the input goes through before it is added; null: it is added as it is.</param>
internal sealed class ResidualBlock(
    IReadOnlyList<(ConvLayer Conv, NormLayer Norm)> units, (ConvLayer Conv, NormLayer Norm)? shortcut)
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
            if (n > 0) value = ops.Activation(value, 0);
            value = ops.Norm(ops.Conv(value, units[n].Conv), units[n].Norm);
        }
        T beside = shortcut is { } path ? ops.Norm(ops.Conv(input, path.Conv), path.Norm) : input;
        return ops.Activation(ops.Add(value, beside), 0);
    }
}
