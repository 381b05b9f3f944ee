using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;

namespace MedISeg.Tests.Training.Data;

public sealed class PatchCutterTests
{
    private static readonly GridSize Grid = new(4, 5, 7), Patch = new(2, 3, 5);

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 2, 1)]
    [InlineData(-1, -1, -2)]
    [InlineData(3, 4, 5)]
    [InlineData(-2, 0, 0)]
    public void Cut_NoChange_CopiesWhatIsInsideAndZerosOutside(int k, int j, int i)
    {
        using TrainingCase source = Positions();
        SeededRandom random = new(1, 1, 1);
        (float[] image, byte[] classes) = Cut(source, new VoxelIndex(k, j, i), new AugmentationOptions(), ref random);
        Check(source, new VoxelIndex(k, j, i), image, classes, false, false, false);
    }

    [Fact]
    public void Cut_AllFlips_GivesAllEightTurnsAlikeForImageAndClasses()
    {
        using TrainingCase source = Positions();
        VoxelIndex start = new(1, -1, 3);
        HashSet<int> turns = [];
        for (int n = 0; n < 100; n++)
        {
            SeededRandom random = new(9, n, 2), same = new(9, n, 2);
            (float[] image, byte[] classes) = Cut(source, start, new AugmentationOptions { Flips = ["k", "j", "i"] }, ref random);
            bool k = same.NextDouble() < 0.5, j = same.NextDouble() < 0.5, i = same.NextDouble() < 0.5;
            Check(source, start, image, classes, k, j, i);
            turns.Add((k ? 4 : 0) + (j ? 2 : 0) + (i ? 1 : 0));
        }
        Assert.Equal(8, turns.Count);
    }

    [Fact]
    public void Cut_IntensityJitter_ChangesIntensitiesWithinItsRangesAndNoClass()
    {
        using TrainingCase source = Positions();
        VoxelIndex start = new(1, 1, 1);
        AugmentationOptions options = new() { Intensity = 1, Noise = 0, Contrast = 0.2, Brightness = 0.3 };
        List<double> factors = [];
        for (int n = 0; n < 50; n++)
        {
            SeededRandom random = new(3, n, 2), plain = new(3, n, 2);
            (float[] image, byte[] classes) = Cut(source, start, options, ref random);
            (float[] before, byte[] same) = Cut(source, start, new AugmentationOptions(), ref plain);
            Assert.Equal(same, classes);
            double factor = (image[^1] - image[0]) / (before[^1] - before[0]), summand = image[0] - factor * before[0];
            Assert.InRange(factor, 0.799, 1.201);
            Assert.InRange(summand, -0.301, 0.301);
            factors.Add(factor);
        }
        Assert.True(factors.Max() - factors.Min() > 0.2);
    }

    /// <summary>Every voxel of the case says where it is.</summary>
    private static TrainingCase Positions()
    {
        float[] image = [.. Enumerable.Range(1, (int)Grid.VoxelCount).Select(n => (float)n)];
        byte[] classes = [.. Enumerable.Range(1, (int)Grid.VoxelCount).Select(n => (byte)(n % 3))];
        return new TrainingCase(VolumeGeometry.AxisAligned(Grid, new SpacingMm(1, 1, 1)), [image], classes, 3);
    }

    private static (float[] Image, byte[] Classes) Cut(TrainingCase source, VoxelIndex start, AugmentationOptions options, ref SeededRandom random)
    {
        float[] image = [.. Enumerable.Repeat(-7f, (int)Patch.VoxelCount)];
        byte[] classes = [.. Enumerable.Repeat((byte)99, (int)Patch.VoxelCount)];
        new PatchCutter(Patch, options).Cut(source, start, ref random, image, classes);
        return (image, classes);
    }

    private static void Check(TrainingCase source, VoxelIndex start, float[] image, byte[] classes, bool flipK, bool flipJ, bool flipI)
    {
        for (int k = 0; k < Patch.Depth; k++)
            for (int j = 0; j < Patch.Height; j++)
                for (int i = 0; i < Patch.Width; i++)
                {
                    int sk = start.K + (flipK ? Patch.Depth - 1 - k : k), sj = start.J + (flipJ ? Patch.Height - 1 - j : j), si = start.I + (flipI ? Patch.Width - 1 - i : i);
                    bool inside = sk >= 0 && sk < Grid.Depth && sj >= 0 && sj < Grid.Height && si >= 0 && si < Grid.Width;
                    int from = inside ? (int)Grid.Offset(sk, sj, si) : 0, to = (int)Patch.Offset(k, j, i);
                    Assert.Equal(inside ? from + 1 : 0, image[to]);
                    Assert.Equal(inside ? source.Classes[from] : 0, classes[to]);
                }
    }
}
