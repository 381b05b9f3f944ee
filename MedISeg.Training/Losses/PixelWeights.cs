using static TorchSharp.torch;

namespace MedISeg.Training.Losses;

/// <summary>Weights of voxels for pixel-WCE: voxels near other classes count more.</summary>
/// <remarks>The paper's code takes a ready map from its caller. This one is the map of border-aware losses for two classes,
/// 1 + 5 |mean over 31 x 31 - mask|, written for any number of classes.</remarks>
internal static class PixelWeights
{
    /// <summary>1 + factor * (share of other classes in the window around the voxel, cut at the border).</summary>
    /// <param name="labels">Class numbers, shape [batch, spatial], 2 or 3 spatial axes.</param>
    /// <param name="classes">Classes with background.</param>
    /// <param name="window">Odd side of the window in voxels.</param>
    /// <param name="factor">At least 0.</param>
    /// <returns>Shape [batch, spatial], values in [1, 1 + factor].</returns>
    public static Tensor Of(Tensor labels, int classes, int window, double factor)
    {
        long[] sides = labels.shape[1..], shape = [labels.shape[0], classes, .. sides];
        Tensor index = labels.unsqueeze(1);
        Tensor numbers = arange(classes, ScalarType.Int64).view([1, classes, .. sides.Select(_ => 1L)]);
        Tensor share = index.eq(numbers).to_type(ScalarType.Float32);
        // The mean over a block is the mean along its axes one after the other; each axis is seen as the rows of a plane.
        for (int axis = 0; axis < sides.Length; axis++)
        {
            long before = sides[..axis].Aggregate((long)classes, (product, side) => product * side);
            Tensor rows = share.view(labels.shape[0], before, sides[axis], -1);
            share = nn.functional.avg_pool2d(rows, [window, 1], [1, 1], [window / 2, 0], ceil_mode: false, count_include_pad: false).view(shape);
        }
        Tensor weights = 1 + factor * (1 - share.gather(1, index).squeeze(1));
        GC.KeepAlive(labels);
        return weights;
    }
}
