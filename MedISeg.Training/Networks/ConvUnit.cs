namespace MedISeg.Training.Networks;

/// <summary>A convolution, batch, instance or group normalisation and rectification, in one of two orders.</summary>
/// <param name="Conv">Convolution.</param>
/// <param name="Norm">Normalisation.</param>
/// <param name="RectifyFirst">Rectification before the normalisation, as in the decoder of the paper's 2-D baseline; else after it.</param>
/// <param name="Slope">Of the activation below zero; 0: rectification.</param>
internal sealed record ConvUnit(ConvLayer Conv, NormLayer Norm, bool RectifyFirst = false, double Slope = 0)
{
    /// <summary>Tensors of both layers.</summary>
    public IEnumerable<ParameterInfo> Parameters() => Conv.Parameters().Concat(Norm.Parameters());

    /// <summary>Makes the convolution's output channels, in its steps.</summary>
    public T Run<T>(IOps<T> ops, T input)
    {
        T value = ops.Conv(input, Conv);
        return RectifyFirst ? ops.Norm(ops.Activation(value, Slope), Norm) : ops.Activation(ops.Norm(value, Norm), Slope);
    }
}
