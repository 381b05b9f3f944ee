namespace MedISeg.Training.Networks;

/// <summary>What a network is made of. One forward, generic over <typeparamref name="T"/>, trains, evaluates and writes ONNX, so that
/// they cannot drift apart.</summary>
/// <typeparam name="T">A value between layers: a tensor, or the name of a graph value.</typeparam>
internal interface IOps<T>
{
    /// <summary>Convolution, zero padding of half the kernel.</summary>
    T Conv(T input, ConvLayer layer);

    /// <summary>Transposed convolution, kernel = stride.</summary>
    T ConvTranspose(T input, ConvLayer layer);

    /// <summary>Normalisation a channel.</summary>
    T Norm(T input, NormLayer layer);

    /// <summary>x where positive, else slope * x.</summary>
    T Activation(T input, double slope);

    /// <summary>Sum of two values of one shape.</summary>
    T Add(T first, T second);

    /// <summary>Largest value under a cube of <paramref name="kernel"/> voxels a side, in steps of two; padding never wins.</summary>
    /// <param name="input">Shape [batch, channels, spatial].</param>
    /// <param name="kernel">Side, 2 or 3.</param>
    /// <param name="padding">Voxels added on each side.</param>
    /// <param name="dimensions">Spatial axes, 2 or 3.</param>
    T MaxPool(T input, int kernel, int padding, int dimensions);

    /// <summary>Mean of blocks of 2 x 2 pixels; 2-D only.</summary>
    T MeanPool(T input);

    /// <summary>Doubles both sides by linear interpolation between pixel centres, corners on corners (align_corners); 2-D only.</summary>
    T Double(T input);

    /// <summary>In training sets each channel of each sample to 0 with probability <paramref name="rate"/> and scales the others by
    /// 1 / (1 - rate); else nothing.</summary>
    T DropChannels(T input, double rate);

    /// <summary>Joins along the channels, first before second.</summary>
    T Concat(T first, T second);
}
