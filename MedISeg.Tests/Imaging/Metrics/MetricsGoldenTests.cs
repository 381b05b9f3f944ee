using System.Text.Json;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Metrics;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Imaging.Metrics;

/// <summary>Against the paper's code: Golden/metrics2d and metrics3d.</summary>
public sealed class MetricsGoldenTests
{
    private static readonly string[] Cases2D = ["two_objects", "empty_pred", "empty_gt", "full_full", "perfect", "pred_all_ones"];
    private static readonly string[] Cases3D = ["normal", "empty_pred", "gt_without_class2", "binary", "both_empty", "empty_gt"];

    public static TheoryData<string> Names2D => [.. Cases2D];

    public static TheoryData<string> Names3D => [.. Cases3D];

    [Theory]
    [MemberData(nameof(Names2D))]
    public void Compare_Plane_EqualsThePaper(string name)
    {
        JsonElement expected = Values("metrics2d", name);
        PaperScores2D scores = PaperScores2D.Compare(Plane("pred", name), Plane("gt", name));
        Check(expected, "acc", scores.Accuracy);
        Check(expected, "p_recall", scores.Recall);
        Check(expected, "p_precision", scores.Precision);
        Check(expected, "p_F1", scores.F1);
        Check(expected, "dice", scores.F1);
        Check(expected, "miou", scores.MeanIou);
        Assert.Equal(name == "empty_gt", scores.IsSkipped);
    }

    [Theory]
    [InlineData("two_objects")]
    [InlineData("perfect")]
    public void Compare_Objects_EqualsThePaper(string name)
    {
        JsonElement expected = Values("metrics2d", name);
        ObjectScores scores = ObjectScores.Compare(Plane("pred", name), Plane("gt", name), [1], 8);
        double[] triple = [.. expected.GetProperty("object_dice_iou_haus").EnumerateArray().Select(value => value.GetDouble())];
        Assert.Equal(triple[0], scores.Dice!.Value, 1e-9);
        Assert.Equal(triple[1], scores.Iou!.Value, 1e-9);
        Assert.Equal(triple[2], scores.HausdorffMm!.Value, 1e-9);
        Check(expected, "aji", scores.Aji!.Value);
        Check(expected, "iou", scores.Iou!.Value);
        Check(expected, "haus", scores.HausdorffMm!.Value);
    }

    [Theory]
    [MemberData(nameof(Names3D))]
    public void Compare_Volume_EqualsThePaper(string name)
    {
        JsonElement expected = Values("metrics3d", name);
        (PaperScores3D organ, PaperScores3D tumour) = PaperScores3D.Compare(Volume("pred", name), Volume("gt", name));
        foreach ((PaperScores3D scores, int number) in ((PaperScores3D, int)[])[(organ, 1), (tumour, 2)])
        {
            Check(expected, $"recall{number}", scores.Recall);
            Check(expected, $"precision{number}", scores.Precision);
            Check(expected, $"dice{number}", scores.Dice);
            Check(expected, $"miou{number}", scores.Iou);
        }
    }

    private static void Check(JsonElement expected, string key, double actual) => Assert.Equal(expected.GetProperty(key).GetDouble(), actual, 1e-9);

    private static JsonElement Values(string folder, string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Golden", folder, "values.json");
        return JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty(name);
    }

    private static LabelMap Plane(string file, string name) =>
        Case($"metrics2d/{file}.npy", Array.IndexOf(Cases2D, name), new GridSize(1, 48, 48));

    private static LabelMap Volume(string file, string name) =>
        Case($"metrics3d/{file}.npy", Array.IndexOf(Cases3D, name), new GridSize(12, 12, 12));

    private static LabelMap Case(string path, int n, GridSize grid) => new(
        VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1)),
        NpyFile.Golden(path).As<byte>().AsSpan(n * (int)grid.VoxelCount, (int)grid.VoxelCount).ToArray());
}
