namespace MedISeg.Training.Networks;

/// <summary>What a network is made of. One forward, generic over <typeparamref name="T"/>, trains, evaluates and writes ONNX, so that
/// they cannot drift apart.</summary>
/// <typeparam name="T">A value between layers: a tensor, or the name of a graph value.</typeparam>
internal interface IOps<T>
{
    /// <summary>Convolution with the layer's padding by zeros.</summary>
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

    /// <summary>Mean of blocks.</summary>
    /// <param name="input">Shape [batch, channels, spatial].</param>
    /// <param name="block">Side a spatial axis, slowest first.</param>
    T MeanPool(T input, IReadOnlyList<int> block);

    /// <summary>Doubles both sides by linear interpolation between pixel centres, corners on corners (align_corners); 2-D only.</summary>
    T Double(T input);

    /// <summary>In training sets each channel of each sample to 0 with probability <paramref name="rate"/> and scales the others by
    /// 1 / (1 - rate); else nothing.</summary>
    T DropChannels(T input, double rate);

    /// <summary>Joins along the channels, first before second.</summary>
    T Concat(T first, T second);

    /// <summary>One row and one column of zeros more at the ends; 2-D only.</summary>
    T PadEnd(T input);

    /// <summary>[batch, channels, height, width] to [batch, height * width, channels]: one token a pixel.</summary>
    T ToTokens(T input);

    /// <summary>[batch, height * width, channels] to [batch, channels, height, width].</summary>
    T FromTokens(T input, int height, int width);

    /// <summary>Adds a learned tensor of one sample's shape to every sample.</summary>
    T AddLearned(T input, ParameterInfo parameter);

    /// <summary>Weighted sums of the last axis.</summary>
    T Linear(T input, LinearLayer layer);

    /// <summary>Brings the last axis to mean 0 and variance 1, then scales and shifts; the layer's kind is not read.</summary>
    T LayerNorm(T input, NormLayer layer);

    /// <summary>x times the normal distribution function of x.</summary>
    T Gelu(T input);

    /// <summary>Softmax(query key^T / sqrt(channels / heads)) value, each head with its own share of the channels; all [batch, tokens, channels].</summary>
    T Attention(T query, T key, T value, int heads, int channels);

    /// <summary>In training sets each element to 0 with probability <paramref name="rate"/> and scales the others by 1 / (1 - rate); else
    /// nothing.</summary>
    T DropElements(T input, double rate);
}
