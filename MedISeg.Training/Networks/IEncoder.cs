namespace MedISeg.Training.Networks;

/// <summary>A classification network without its classifier, as the encoder of a 2-D U-Net.</summary>
internal interface IEncoder
{
    /// <summary>Channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of the image's sides.</summary>
    IReadOnlyList<int> Widths { get; }

    /// <summary>All tensors in a fixed order.</summary>
    IEnumerable<ParameterInfo> Parameters();

    /// <summary>Image to the values at 1/2, 1/4, 1/8, 1/16 and 1/32 of its sides.</summary>
    IReadOnlyList<T> Run<T>(IOps<T> ops, T image);
}
