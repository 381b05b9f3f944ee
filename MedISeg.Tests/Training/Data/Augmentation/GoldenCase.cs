using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;
using MedISeg.Training.Data;

namespace MedISeg.Tests.Training.Data.Augmentation;

/// <summary>Golden arrays of the augmentations; those of volumes come as (y, x, z) and are turned to (k, j, i).</summary>
internal static class GoldenCase
{
    /// <summary>Largest error of a case's 16-bit floats near 3.</summary>
    public const float HalfTolerance = 2e-3f;

    /// <summary>An array of <c>aug3d</c>.</summary>
    public static NpyFile Volume(string name) => NpyFile.Golden($"aug3d/{name}.npy").Transpose(2, 0, 1);

    /// <summary>Extent of a turned array.</summary>
    public static GridSize Grid(NpyFile array) => new(array.Shape[0], array.Shape[1], array.Shape[2]);

    /// <summary>The volume that all operations of <c>aug3d</c> start from.</summary>
    public static TrainingCase Case3D()
    {
        NpyFile image = Volume("img"), label = Volume("label");
        return new TrainingCase(VolumeGeometry.AxisAligned(Grid(image), new SpacingMm(1, 1, 1)), [image.ToFloats()], label.ToBytes(), 3);
    }

    /// <summary>Compares to a tolerance.</summary>
    public static void AssertClose(IReadOnlyList<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Length);
        for (int n = 0; n < actual.Length; n++) Assert.Equal(expected[n], actual[n], tolerance);
    }

    /// <summary>Channel c of a golden image (height, width, 3).</summary>
    public static byte[] Channel(NpyFile image, int c) => [.. image.As<byte>().Where((_, n) => n % 3 == c)];

    /// <summary>Largest difference of two images of levels.</summary>
    public static int LargestDifference(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        Assert.Equal(a.Length, b.Length);
        int largest = 0;
        for (int n = 0; n < a.Length; n++) largest = Math.Max(largest, Math.Abs(a[n] - b[n]));
        return largest;
    }
}
