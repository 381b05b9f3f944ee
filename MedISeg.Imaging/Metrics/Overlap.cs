using System.Numerics;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Metrics;

/// <summary>How many voxels two label maps agree on for one region.</summary>
/// <param name="TruePositive">Voxels of the region in both maps.</param>
/// <param name="FalsePositive">Voxels of the region in the prediction only.</param>
/// <param name="FalseNegative">Voxels of the region in the truth only.</param>
/// <param name="TrueNegative">All others.</param>
public readonly record struct Overlap(long TruePositive, long FalsePositive, long FalseNegative, long TrueNegative)
{
    /// <summary>Voxels of the region in the prediction.</summary>
    public long Predicted => TruePositive + FalsePositive;

    /// <summary>Voxels of the region in the truth.</summary>
    public long True => TruePositive + FalseNegative;

    /// <summary>Voxels of the region in either map.</summary>
    public long Union => TruePositive + FalsePositive + FalseNegative;

    /// <summary>All voxels.</summary>
    public long Total => Union + TrueNegative;

    /// <summary>Counts the voxels of a region.</summary>
    /// <param name="prediction">The result to be judged.</param>
    /// <param name="truth">The reference, on the same grid.</param>
    /// <param name="labels">Labels that form the region; null: all above 0.</param>
    /// <exception cref="SegmentationException">InvalidGeometry: the maps do not lie on the same grid.</exception>
    public static Overlap Of(LabelMap prediction, LabelMap truth, IReadOnlyList<int>? labels)
    {
        CheckSameGrid(prediction, truth);
        bool[] region = Region(labels);
        return (prediction.IsWide, truth.IsWide) switch
        {
            (false, false) => Count<byte, byte>(prediction.Bytes, truth.Bytes, region),
            (false, true) => Count<byte, ushort>(prediction.Bytes, truth.Words, region),
            (true, false) => Count<ushort, byte>(prediction.Words, truth.Bytes, region),
            (true, true) => Count<ushort, ushort>(prediction.Words, truth.Words, region),
        };
    }

    internal static void CheckSameGrid(LabelMap prediction, LabelMap truth)
    {
        if (!prediction.Geometry.Matches(truth.Geometry))
            throw new SegmentationException(ErrorCode.InvalidGeometry,
                "The two label maps do not lie on the same grid; resample one of them to the grid of the other first.");
    }

    private static bool[] Region(IReadOnlyList<int>? labels)
    {
        bool[] region = new bool[1 << 16];
        if (labels is null) region.AsSpan(1).Fill(true);
        else
        {
            foreach (int label in labels)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(label, nameof(labels));
                ArgumentOutOfRangeException.ThrowIfGreaterThan(label, ushort.MaxValue, nameof(labels));
                region[label] = true;
            }
        }
        return region;
    }

    private static Overlap Count<TP, TT>(ReadOnlySpan<TP> prediction, ReadOnlySpan<TT> truth, bool[] region)
        where TP : unmanaged, IBinaryInteger<TP> where TT : unmanaged, IBinaryInteger<TT>
    {
        Span<long> counts = stackalloc long[4];
        for (int n = 0; n < prediction.Length; n++)
        {
            int place = (region[int.CreateTruncating(prediction[n])] ? 1 : 0) + (region[int.CreateTruncating(truth[n])] ? 2 : 0);
            counts[place]++;
        }
        return new Overlap(counts[3], counts[1], counts[2], counts[0]);
    }
}
