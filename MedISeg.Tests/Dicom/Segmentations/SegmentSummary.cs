using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Segmentations;

/// <summary>How many voxels a segment has, and where their centre lies (mm, LPS; NaN: no voxel).</summary>
internal readonly record struct SegmentSummary(int Number, long Voxels, Vector3D CentreMm)
{
    /// <summary>Summaries of labels; segment n has the n-th label.</summary>
    public static SegmentSummary[] Of(LabelMap map, params int[] labels)
    {
        GridSize grid = map.Geometry.Grid;
        long[] voxels = new long[labels.Length];
        Vector3D[] sums = new Vector3D[labels.Length];
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    int segment = map[k, j, i] == 0 ? -1 : Array.IndexOf(labels, map[k, j, i]);
                    if (segment < 0) continue;
                    voxels[segment]++;
                    sums[segment] += new Vector3D(i, j, k);
                }
        return [.. labels.Select((_, n) => new SegmentSummary(n + 1, voxels[n], map.Geometry.IndexToPatient.Apply(sums[n] * (1.0 / voxels[n]))))];
    }

    /// <summary>Summary of one segment of an object, as we read it.</summary>
    public static SegmentSummary Of(DicomSegmentation segmentation, int number)
    {
        LabelMap mask = segmentation.ToMask(number, null, TestContext.Current.CancellationToken);
        return Of(mask, 1)[0] with { Number = number };
    }

    /// <summary>Both name the same voxels, as far as count and centre can say.</summary>
    public static void AssertSame(SegmentSummary expected, SegmentSummary actual)
    {
        Assert.Equal((expected.Number, expected.Voxels), (actual.Number, actual.Voxels));
        if (expected.Voxels > 0)
            Assert.True((expected.CentreMm - actual.CentreMm).Length < 1e-3, $"Segment {expected.Number}: {expected.CentreMm} and {actual.CentreMm}.");
    }
}
