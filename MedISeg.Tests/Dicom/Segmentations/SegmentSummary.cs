using System.Numerics;
using System.Text.Json;
using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Segmentations;

/// <summary>How many voxels a segment has, and where they lie: their centre (mm, LPS; NaN: no voxel), and the sum of <c>exp(i w p)</c> over their
/// places p, with w = (2.1, 1.3, 3.7) per mm. A voxel elsewhere changes that sum by about one, also where centre and count stay.</summary>
internal readonly record struct SegmentSummary(int Number, long Voxels, Vector3D CentreMm, Complex Wave)
{
    private const double CentreToleranceMm = 1e-3, WaveTolerance = 1e-4, WaveToleranceOfAVoxel = 1e-5;

    private static readonly Vector3D PerMm = new(2.1, 1.3, 3.7);

    /// <summary>Summaries of labels; segment n has the n-th label.</summary>
    public static SegmentSummary[] Of(LabelMap map, params int[] labels)
    {
        GridSize grid = map.Geometry.Grid;
        long[] voxels = new long[labels.Length];
        Vector3D[] sums = new Vector3D[labels.Length];
        Complex[] waves = new Complex[labels.Length];
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    int segment = map[k, j, i] == 0 ? -1 : Array.IndexOf(labels, map[k, j, i]);
                    if (segment < 0) continue;
                    voxels[segment]++;
                    sums[segment] += new Vector3D(i, j, k);
                    waves[segment] += Complex.FromPolarCoordinates(1, PerMm.Dot(map.Geometry.IndexToPatient.Apply(i, j, k)));
                }
        return [.. labels.Select((_, n) => new SegmentSummary(n + 1, voxels[n], map.Geometry.IndexToPatient.Apply(sums[n] * (1.0 / voxels[n])), waves[n]))];
    }

    /// <summary>Summaries of the segments of a description, each the union of its labels.</summary>
    public static SegmentSummary[] Of(LabelMap map, SegmentationDescription description) => [.. description.Segments.Select((segment, n) =>
    {
        byte[] isIn = [.. Enumerable.Range(0, (int)map.Geometry.Grid.VoxelCount).Select(voxel =>
            segment.Labels.Contains(map.IsWide ? map.Words[voxel] : map.Bytes[voxel]) ? (byte)1 : (byte)0)];
        return Of(new LabelMap(map.Geometry, isIn), 1)[0] with { Number = n + 1 };
    })];

    /// <summary>Summary of one segment of an object, as we read it.</summary>
    public static SegmentSummary Of(DicomSegmentation segmentation, int number)
    {
        LabelMap mask = segmentation.ToMask(number, null, TestContext.Current.CancellationToken);
        return Of(mask, 1)[0] with { Number = number };
    }

    /// <summary>Reads what the programs beside these tests write of a segment: voxels, centre, wave; the latter null where nothing says where it lies.</summary>
    public static SegmentSummary Parse(int number, JsonElement item)
    {
        JsonElement centre = item.GetProperty("centre"), wave = item.GetProperty("wave");
        return new SegmentSummary(number, item.GetProperty("voxels").GetInt64(),
            centre.ValueKind == JsonValueKind.Null
                ? new Vector3D(double.NaN, double.NaN, double.NaN)
                : new Vector3D(centre[0].GetDouble(), centre[1].GetDouble(), centre[2].GetDouble()),
            wave.ValueKind == JsonValueKind.Null ? new Complex(double.NaN, double.NaN) : new Complex(wave[0].GetDouble(), wave[1].GetDouble()));
    }

    /// <summary>Both name the same voxels at the same places.</summary>
    public static void AssertSame(SegmentSummary expected, SegmentSummary actual)
    {
        Assert.Equal((expected.Number, expected.Voxels), (actual.Number, actual.Voxels));
        if (expected.Voxels == 0) return;
        Assert.True((expected.CentreMm - actual.CentreMm).Length < CentreToleranceMm, $"Segment {expected.Number}: {expected.CentreMm} and {actual.CentreMm}.");
        Assert.True((expected.Wave - actual.Wave).Magnitude < WaveTolerance + WaveToleranceOfAVoxel * expected.Voxels,
            $"Segment {expected.Number}: voxels of the same number and centre lie elsewhere, {expected.Wave} and {actual.Wave}.");
    }
}
