using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Imaging.Morphology;

public sealed class BallMorphologyTests
{
    public static TheoryData<BallOperation, double, int> Cases => new MatrixTheoryData<BallOperation, double, int>(
        [BallOperation.Erode, BallOperation.Dilate, BallOperation.Open, BallOperation.Close], [0.9, 1, 2.3], [4, 1]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Apply_RandomMaps_EqualsEveryVoxelWithEveryOther(BallOperation operation, double mm, int depth)
    {
        for (int seed = 0; seed < 2; seed++)
        {
            LabelMap map = Blobs(new GridSize(depth, 7, 11 + 55 * (seed % 2)), seed), wide = TestLabels.Wide(map);
            byte[] before = map.Bytes.ToArray();
            bool[] form = NaiveBall.Apply(map.Geometry, [.. before.Select(label => label == 1)], operation, mm);
            byte[] expected = [.. before.Select((label, n) => label == 1 ? (byte)(form[n] ? 1 : 3) : (byte)(form[n] && label == 0 ? 1 : label))];
            long changed = BallMorphology.Apply(map, [1], operation, mm, 3, overAny: false);
            Assert.Equal(expected, map.Bytes.ToArray());
            Assert.Equal(before.Zip(expected).Count(pair => pair.First != pair.Second), changed);
            Assert.Equal(changed, BallMorphology.Apply(wide, [1], operation, mm, 3, overAny: false));
            Assert.Equal(expected.Select(label => (ushort)label), wide.Words.ToArray());
        }
    }

    [Theory]
    [InlineData(BallOperation.Open)]
    [InlineData(BallOperation.Close)]
    public void Apply_OpenOrCloseTwice_ChangesNothingTheSecondTimeAndOnlyRemovesOrAdds(BallOperation operation)
    {
        LabelMap map = Blobs(new GridSize(5, 9, 70), 5);
        byte[] before = map.Bytes.ToArray();
        Assert.True(BallMorphology.Apply(map, [1], operation, 1.5, 0, overAny: true) > 0);
        for (int n = 0; n < before.Length; n++)
            Assert.True(operation == BallOperation.Open ? before[n] == 1 || map.Bytes[n] != 1 : before[n] != 1 || map.Bytes[n] == 1);
        Assert.Equal(0, BallMorphology.Apply(map, [1], operation, 1.5, 0, overAny: true));
    }

    [Theory]
    [InlineData(BallOperation.Erode)]
    [InlineData(BallOperation.Dilate)]
    [InlineData(BallOperation.Open)]
    [InlineData(BallOperation.Close)]
    public void Apply_LargerRegion_GivesALargerResult(BallOperation operation)
    {
        LabelMap small = Blobs(new GridSize(4, 6, 20), 8), large = TestLabels.Copy(small);
        for (int n = 0; n < large.Bytes.Length; n += 3) large.Bytes[n] = 1;
        BallMorphology.Apply(small, [1], operation, 1.2, 0, overAny: true);
        BallMorphology.Apply(large, [1], operation, 1.2, 0, overAny: true);
        for (int n = 0; n < small.Bytes.Length; n++) Assert.True(small.Bytes[n] != 1 || large.Bytes[n] == 1);
    }

    [Fact]
    public void Apply_JointDilation_GivesTheNearestLabelAndTiesToTheEarlier()
    {
        // Spacing along i is 0.5 mm.
        LabelMap map = TestLabels.Plane("1...2..4", "1...2...");
        Assert.Equal(10, BallMorphology.Apply(map, [2, 1], BallOperation.Dilate, 1, 0, overAny: false));
        Assert.Equal(["11222224", "1122222."], TestLabels.Draw(map));
    }

    [Fact]
    public void Apply_ObliqueGrid_UsesTheSpacing()
    {
        // Axes turned by 30 degrees about k; 2 mm along i, 3 along j.
        double c = Math.Cos(Math.PI / 6), s = Math.Sin(Math.PI / 6);
        VolumeGeometry geometry = new(new GridSize(3, 5, 7), new Affine(new(2 * c, 2 * s, 0), new(-3 * s, 3 * c, 0), new(0, 0, 5), new(10, -20, 30)));
        LabelMap map = new(geometry, new byte[105]);
        map.Bytes[(int)geometry.Grid.Offset(1, 2, 3)] = 1;
        BallMorphology.Apply(map, [1], BallOperation.Dilate, 4, 0, overAny: false);
        Assert.Equal([".......", "..111..", ".11111.", "..111..", "......."], TestLabels.Draw(map, 1));
        Assert.Equal(11, map.Bytes.Count((byte)1));
    }

    [Fact]
    public void Apply_RadiusThatDoesNotFit_Throws()
    {
        LabelMap map = TestLabels.Random(new GridSize(1, 2, 300), 1, 0.5, 1);
        Assert.Throws<ArgumentException>(() => BallMorphology.Apply(map, [1], BallOperation.Open, 32.5, 0, false));
        Assert.Throws<ArgumentException>(() => BallMorphology.Apply(map, [1], BallOperation.Open, 0, 0, false));
        Assert.Throws<ArgumentException>(() => BallMorphology.Apply(map, [0], BallOperation.Open, 1, 0, false));
        Assert.True(BallMorphology.Fits(map, 32));
    }

    [Theory]
    [InlineData(5, 0.8)]
    [InlineData(40, 1.3)]
    [InlineData(1, 0.7)]
    public void Smooth_RandomMaps_EqualsWeighingVoxelByVoxel(int depth, double sigma)
    {
        LabelMap map = Blobs(new GridSize(depth, 6, 9), depth), wide = TestLabels.Wide(map);
        byte[] before = map.Bytes.ToArray();
        long changed = LabelSmoothing.Apply(map, [1, 2], sigma);
        int[] reach = [.. Enumerable.Range(0, 3).Select(axis => (int)(3 * sigma * (1 + 1e-6) / map.Geometry.Spacing[axis]))];
        int doubtful = 0;
        for (int a = 0; a < before.Length; a++)
        {
            if (before[a] == 3)
            {
                Assert.Equal(3, map.Bytes[a]);
                continue;
            }
            double[] weights = new double[4];
            for (int b = 0; b < before.Length; b++)
                if (IsInWindow(map.Geometry.Grid, a, b, reach)) weights[before[b]] += Math.Exp(-0.5 * NaiveBall.Squared(map.Geometry, a, b) / (sigma * sigma));
            double[] ranked = [.. weights.Take(3).OrderDescending()];
            if (ranked[0] - ranked[1] < 1e-5) doubtful++;
            else Assert.Equal(Array.IndexOf(weights, ranked[0], 0, 3), map.Bytes[a]);
        }
        Assert.InRange(doubtful, 0, before.Length / 20);
        Assert.Equal(before.Zip(map.Bytes.ToArray()).Count(pair => pair.First != pair.Second), changed);
        Assert.True(changed > 0);
        Assert.Equal(changed, LabelSmoothing.Apply(wide, [2, 1], sigma));
        Assert.Equal(map.Bytes.ToArray().Select(label => (ushort)label), wide.Words.ToArray());
    }

    [Fact]
    public void Smooth_StraightBoundaries_StayAndSpurGoes()
    {
        LabelMap map = TestLabels.Plane("1111222", "1111222", "1111222", "1111222", "......."), spur = TestLabels.Plane(".......", "...1...", ".......");
        Assert.Equal(0, LabelSmoothing.Apply(map, [1, 2], 0.3));
        Assert.Equal(1, LabelSmoothing.Apply(spur, [1], 1));
        Assert.Throws<ArgumentException>(() => LabelSmoothing.Apply(map, [1], double.NaN));
        Assert.Throws<ArgumentException>(() => LabelSmoothing.Apply(map, [], 1));
    }

    private static bool IsInWindow(GridSize grid, int a, int b, int[] reach) =>
        Math.Abs(a % grid.Width - b % grid.Width) <= reach[2]
        && Math.Abs(a / grid.Width % grid.Height - b / grid.Width % grid.Height) <= reach[1]
        && Math.Abs(a / grid.Width / grid.Height - b / grid.Width / grid.Height) <= reach[0];

    /// <summary>Labels 1 to 3 in blobs of some voxels; spacing (k, j, i) = (1.1, 0.7, 0.45) mm.</summary>
    private static LabelMap Blobs(GridSize grid, int seed)
    {
        Random random = new(seed);
        byte[] labels = new byte[grid.VoxelCount];
        for (int blob = 0; blob < 3 + labels.Length / 25; blob++)
        {
            int k = random.Next(grid.Depth), j = random.Next(grid.Height), i = random.Next(grid.Width);
            byte label = (byte)(random.Next(3) == 0 ? random.Next(4) : 1);
            for (int n = 0; n < labels.Length; n++)
                if (Math.Abs(n % grid.Width - i) < 4 && Math.Abs(n / grid.Width % grid.Height - j) < 2 && Math.Abs(n / grid.Width / grid.Height - k) < 2
                    && random.Next(3) > 0) labels[n] = label;
        }
        return new LabelMap(VolumeGeometry.AxisAligned(grid, new SpacingMm(1.1, 0.7, 0.45)), labels);
    }
}
