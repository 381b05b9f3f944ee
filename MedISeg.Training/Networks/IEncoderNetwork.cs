namespace MedISeg.Training.Networks;

/// <summary>A network whose encoder can be run alone, as contrastive pre-training does.</summary>
internal interface IEncoderNetwork
{
    /// <summary>Channels of the deepest level.</summary>
    int EncoderWidth { get; }

    /// <summary>Image to the values of the deepest level: shape [batch, channels, spatial].</summary>
    T Encode<T>(IOps<T> ops, T image);
}
