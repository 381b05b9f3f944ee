using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Formats;

/// <summary>Takes an image for a label map.</summary>
internal static class LabelConversion
{
    /// <summary>How far a stored label may lie from a whole number: what scaling by a 32-bit slope leaves behind.</summary>
    private const float Slack = 0.005f;

    /// <summary>One channel of whole numbers 0..65535 as labels; an unscaled image of bytes is taken over without a copy.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.ChannelMismatch"/> or <see
    /// cref="ErrorCode.InvalidVoxels"/>.</exception>
    public static LabelMap ToLabels(Volume volume)
    {
        if (volume.Channels != 1)
            throw new SegmentationException(ErrorCode.ChannelMismatch,
                $"A label map has one channel; this image has {volume.Channels}. Send one number a voxel.");
        bool scaled = volume.Slope != 1 || volume.Intercept != 0;
        if (!scaled && volume.VoxelType == typeof(byte)) return new LabelMap(volume.Geometry, (byte[])volume.Stored(0));

        GridSize grid = volume.Geometry.Grid;
        ushort[] words = ImageLimits.Allocate<ushort>(checked((int)grid.VoxelCount));
        float[] row = new float[grid.Width];
        int next = 0, largest = 0;
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
            {
                volume.ReadRow(0, k, j, 0, row);
                foreach (float value in row)
                {
                    float whole = MathF.Round(value);
                    if (!(whole is >= 0 and <= ushort.MaxValue) || MathF.Abs(value - whole) > Slack)
                        throw new SegmentationException(ErrorCode.InvalidVoxels,
                            "Labels must be whole numbers from 0 to 65535; this image holds others, so it is no label map.");
                    int label = (int)whole;
                    largest = Math.Max(largest, label);
                    words[next++] = (ushort)label;
                }
            }
        return largest > byte.MaxValue
            ? new LabelMap(volume.Geometry, words)
            : new LabelMap(volume.Geometry, Array.ConvertAll(words, static w => (byte)w));
    }
}
