namespace MedISeg.Training.Networks;

/// <summary>A 3-wide convolution, batch, instance or group normalisation and rectification, in one of two orders.</summary>
/// <param name="Conv">Convolution.</param>
/// <param name="Norm">Normalisation.</param>
/// <param name="RectifyFirst">Rectification before the normalisation, as in the decoder of the paper's 2-D baseline; else after it.</param>
internal sealed record ConvUnit(ConvLayer Conv, NormLayer Norm, bool RectifyFirst = false)
{
    /// <summary>Tensors of both layers.</summary>
    public IEnumerable<ParameterInfo> Parameters() => Conv.Parameters().Concat(Norm.Parameters());

    /// <summary>Keeps the sides; makes the convolution's output channels.</summary>
    public T Run<T>(IOps<T> ops, T input)
    {
        T value = ops.Conv(input, Conv);
        return RectifyFirst ? ops.Norm(ops.Activation(value, 0), Norm) : ops.Activation(ops.Norm(value, Norm), 0);
    }
}
