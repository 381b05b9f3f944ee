using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Runtime;

/// <summary>Shapes of tensors for patches.</summary>
internal static class TensorShapes
{
    /// <summary>[batch, channels, depth, height, width]; without depth in 2-D.</summary>
    public static long[] Image(int batch, int channels, int dimensionality, GridSize patch) =>
        dimensionality == 3
            ? [batch, channels, patch.Depth, patch.Height, patch.Width]
            : [batch, channels, patch.Height, patch.Width];

    /// <summary>[batch, depth, height, width]; without depth in 2-D.</summary>
    public static long[] Labels(int batch, int dimensionality, GridSize patch) =>
        dimensionality == 3 ? [batch, patch.Depth, patch.Height, patch.Width] : [batch, patch.Height, patch.Width];
}
