using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging.Morphology;

/// <summary>Morphology by comparing every voxel with every other.</summary>
internal static class NaiveBall
{
    public static double Squared(VolumeGeometry geometry, int a, int b)
    {
        GridSize grid = geometry.Grid;
        double i = (a % grid.Width - b % grid.Width) * geometry.Spacing.I;
        double j = (a / grid.Width % grid.Height - b / grid.Width % grid.Height) * geometry.Spacing.J;
        double k = (a / grid.Width / grid.Height - b / grid.Width / grid.Height) * geometry.Spacing.K;
        return i * i + j * j + k * k;
    }

    public static bool IsWithin(VolumeGeometry geometry, int a, int b, double mm) => Squared(geometry, a, b) <= mm * mm * (1 + 2e-6);

    public static bool[] Apply(VolumeGeometry geometry, bool[] region, BallOperation operation, double mm) => operation switch
    {
        BallOperation.Dilate => [.. region.Select((_, a) => region.Where((inside, b) => inside && IsWithin(geometry, a, b, mm)).Any())],
        BallOperation.Erode => [.. region.Select((_, a) => !region.Where((inside, b) => !inside && IsWithin(geometry, a, b, mm)).Any())],
        BallOperation.Open => Apply(geometry, Apply(geometry, region, BallOperation.Erode, mm), BallOperation.Dilate, mm),
        _ => Apply(geometry, Apply(geometry, region, BallOperation.Dilate, mm), BallOperation.Erode, mm),
    };
}
