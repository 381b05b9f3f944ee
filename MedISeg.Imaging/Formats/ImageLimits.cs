using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Formats;

/// <summary>How large an image may be once decoded; checked against the header before memory is taken.</summary>
public sealed record ImageLimits
{
    /// <summary>More channels than this are refused: each one is an array of its own.</summary>
    internal const int MostChannels = 4096;

    /// <summary>Most voxels, all channels together; at least 1. Default 2^30.</summary>
    public long MaxVoxels { get; init; } = 1L << 30;

    /// <summary>Most bytes of decoded voxels, all channels together, in the type that we store; at least 1. Default 8 GiB.</summary>
    public long MaxDecodedBytes { get; init; } = 8L << 30;

    /// <summary>Checks what a header claims.</summary>
    /// <param name="sides">Width, height, depth, then the extents whose product is the number of channels; each at least 1.</param>
    /// <param name="bytesPerVoxel">Bytes of one voxel of one channel as stored.</param>
    /// <returns>The grid.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>.</exception>
    public GridSize Check(ReadOnlySpan<long> sides, int bytesPerVoxel)
    {
        long most = Math.Min(MaxVoxels, MaxDecodedBytes / bytesPerVoxel);
        long grid = 1, channels = 1;
        for (int n = 0; n < sides.Length; n++)
        {
            // The product of 63-bit sides would overflow; the quotient cannot.
            if (sides[n] > most / (grid * channels))
                throw Refusal(sides, $"at most {most} voxels of this type are read. Crop or resample the image, or correct its header.");
            if (n < 3) grid *= sides[n];
            else channels *= sides[n];
        }
        if (grid > Array.MaxLength || channels > MostChannels)
            throw Refusal(sides, $"at most {Array.MaxLength} voxels a channel and {MostChannels} channels are read. Split the image.");
        return new GridSize((int)sides[2], (int)sides[1], (int)sides[0]);
    }

    /// <summary>A new array, or a refusal where this machine has no room for it.</summary>
    /// <typeparam name="T">Voxel type.</typeparam>
    /// <param name="length">Number of voxels.</param>
    /// <returns>The array, dirty.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>: not enough memory.</exception>
    public static T[] Allocate<T>(int length) where T : unmanaged
    {
        try
        {
            return GC.AllocateUninitializedArray<T>(length);
        }
        catch (OutOfMemoryException e)
        {
            throw new SegmentationException(ErrorCode.TooLarge,
                "The decoded image does not fit into this host's memory; crop or resample it.", e);
        }
    }

    private static SegmentationException Refusal(ReadOnlySpan<long> sides, string rest) =>
        new(ErrorCode.TooLarge, $"The header claims {string.Join('x', sides.ToArray())} voxels; {rest}");
}
