using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Api.Jobs;

/// <summary>Joins images of one channel each into one image of several.</summary>
internal static class ChannelStack
{
    /// <summary>Corners of all images must agree within this, mm.</summary>
    private const double ToleranceMm = 0.01;

    /// <summary>Joins images in order.</summary>
    /// <param name="images">At least one, each of one channel.</param>
    /// <param name="names">Names of the channels, as many as images.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.ChannelMismatch"/>: an image has several channels or another grid.</exception>
    public static Volume Join(IReadOnlyList<Volume> images, IReadOnlyList<string> names)
    {
        Volume first = images[0];
        for (int n = 0; n < images.Count; n++)
        {
            if (images[n].Channels != 1)
                throw new SegmentationException(ErrorCode.ChannelMismatch,
                    $"The image of channel '{names[n]}' has {images[n].Channels} channels; send one image of one channel for each channel of the model.");
            if (!images[n].Geometry.Matches(first.Geometry, ToleranceMm))
                throw new SegmentationException(ErrorCode.ChannelMismatch,
                    $"The image of channel '{names[n]}' does not lie on the grid of channel '{names[0]}'; resample it to that grid.");
        }
        bool alike = images.All(image => image.VoxelType == first.VoxelType && image.Slope == first.Slope && image.Intercept == first.Intercept);
        return alike
            ? new Volume(first.Geometry, [.. images.Select(image => image.Stored(0))], first.Slope, first.Intercept)
            : new Volume(first.Geometry, [.. images.Select(image => image.ToFloats(0))]);
    }
}
