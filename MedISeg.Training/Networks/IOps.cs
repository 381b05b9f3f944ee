namespace MedISeg.Training.Networks;

/// <summary>What a network is made of. One forward, generic over <typeparamref name="T"/>, trains, evaluates and writes ONNX, so that
/// they cannot drift apart.</summary>
/// <typeparam name="T">A value between layers: a tensor, or the name of a graph value.</typeparam>
internal interface IOps<T>
{
    /// <summary>Convolution with bias, zero padding of half the kernel.</summary>
    T Conv(T input, ConvLayer layer);

    /// <summary>Transposed convolution with bias and kernel = stride.</summary>
    T ConvTranspose(T input, ConvLayer layer);

    /// <summary>Normalisation a channel.</summary>
    T Norm(T input, NormLayer layer);

    /// <summary>x where positive, else slope * x.</summary>
    T Activation(T input, double slope);

    /// <summary>Sum of two values of one shape.</summary>
    T Add(T first, T second);

    /// <summary>Joins along the channels, first before second.</summary>
    T Concat(T first, T second);
}
