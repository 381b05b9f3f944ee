using System.Globalization;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;

namespace MedISeg.Api.Jobs;

/// <summary>Reads images of one channel each, and joins them into one image of several.</summary>
internal static class ChannelStack
{
    /// <summary>Corners of all images must agree within this, mm.</summary>
    private const double ToleranceMm = 0.01;

    /// <summary>Reads the images of all channels within limits that hold for all of them together, and joins them.</summary>
    /// <param name="count">Number of images, at least 1.</param>
    /// <param name="manifest">Names the channels, as many as images.</param>
    /// <param name="all">What all images together may take.</param>
    /// <param name="read">Reads an image within what the ones before it have left.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>, <see cref="ErrorCode.ChannelMismatch"/>, and what reading
    /// throws.</exception>
    public static Volume Read(int count, ModelManifest manifest, ImageLimits all, Func<int, ImageLimits, Volume> read)
    {
        string[] names = [.. manifest.Inputs.Select(input => input.Name)];
        Volume[] images = new Volume[count];
        ImageLimits rest = all;
        for (int n = 0; n < count; n++)
        {
            try
            {
                images[n] = read(n, rest);
            }
            catch (SegmentationException e) when (n > 0 && e.Code == ErrorCode.TooLarge)
            {
                // The reader's sentence would name what is left as the limit.
                throw new SegmentationException(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                    $"The images up to channel '{names[n]}' together exceed {all.MaxVoxels} voxels or {all.MaxDecodedBytes} bytes, "
                    + $"the limits of one image with all its channels; crop or resample all of them."), e);
            }
            long voxels = images[n].Geometry.Grid.VoxelCount * images[n].Channels;
            rest = new() { MaxVoxels = rest.MaxVoxels - voxels, MaxDecodedBytes = rest.MaxDecodedBytes - voxels * images[n].BytesPerVoxel };
        }
        return Join(images, names);
    }

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
