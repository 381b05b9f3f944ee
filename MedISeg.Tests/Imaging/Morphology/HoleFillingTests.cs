using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Imaging.Morphology;

public sealed class HoleFillingTests
{
    [Theory]
    [InlineData("26", 26, null)]
    [InlineData("26", 18, null)]
    [InlineData("6", 6, null)]
    [InlineData("ji_8", 8, SlicePlane.Ji)]
    [InlineData("ji_4", 6, SlicePlane.Ji)]
    [InlineData("ki_8", 26, SlicePlane.Ki)]
    [InlineData("ki_4", 4, SlicePlane.Ki)]
    [InlineData("kj_8", 18, SlicePlane.Kj)]
    [InlineData("kj_4", 4, SlicePlane.Kj)]
    public void Fill_Dense_EqualsScipy(string name, int connectivity, SlicePlane? plane)
    {
        LabelMap map = TestLabels.Golden("morphology/dense.npy"), wide = TestLabels.Wide(map);
        byte[] before = map.Bytes.ToArray(), expected = NpyFile.Golden($"morphology/filled_{name}.npy").ToBytes();
        (long Holes, long Voxels) filled = HoleFilling.Fill(map, [1], connectivity, plane);
        Assert.Equal(expected, map.Bytes.ToArray());
        Assert.Equal(before.Zip(expected).Count(pair => pair.First != pair.Second), filled.Voxels);
        Assert.Equal(filled, HoleFilling.Fill(wide, [1], connectivity, plane));
        Assert.Equal(expected.Select(label => (ushort)label), wide.Words.ToArray());
    }

    [Theory]
    [InlineData(6, 0.25)]
    [InlineData(26, 0.25)]
    [InlineData(6, 0.6)]
    [InlineData(26, 0.6)]
    [InlineData(26, 0.95)]
    public void Fill_RandomVolumes_EqualsFloodFill(int connectivity, double background)
    {
        // Rows of less than a word, and of some words with gaps that cross their seams.
        foreach (GridSize grid in (GridSize[])[new(5, 6, 9), new(4, 5, 201)])
            for (int seed = 0; seed < 10; seed++)
            {
                LabelMap map = TestLabels.Random(grid, 2, background, seed);
                (byte[] expected, (long Holes, long Voxels) filled) = Flooded(map, connectivity);
                CheckFill(map, connectivity, expected, filled);
            }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(26)]
    public void Fill_WindingPassagesAndSealedOnes_EqualsFloodFill(int connectivity)
    {
        // Passages of one voxel dug at random into solid matter: some wind out, most do not; sweeps alone do not tell.
        GridSize grid = new(7, 11, 140);
        for (int seed = 0; seed < 10; seed++)
        {
            Random random = new(seed);
            byte[] labels = new byte[grid.VoxelCount];
            Array.Fill(labels, (byte)1);
            for (int n = 0; n < 12; n++)
            {
                int[] at = [random.Next(1, grid.Depth - 1), random.Next(1, grid.Height - 1), random.Next(1, grid.Width - 1)];
                for (int step = 0; step < 40; step++)
                {
                    int axis = random.Next(3), by = random.Next(2) * 2 - 1;
                    for (int far = axis == 2 ? random.Next(1, 70) : 2; far > 0; far--)
                    {
                        // Only every third passage may touch the border.
                        int margin = n % 3 == 0 ? 0 : 1;
                        if (at[axis] + by < margin || at[axis] + by >= grid[axis] - margin) break;
                        at[axis] += by;
                        labels[grid.Offset(at[0], at[1], at[2])] = 0;
                    }
                }
            }
            LabelMap map = new(VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1)), labels);
            (byte[] expected, (long Holes, long Voxels) filled) = Flooded(map, connectivity);
            CheckFill(map, connectivity, expected, filled);
        }
    }

    [Theory]
    [InlineData(4, SlicePlane.Ji)]
    [InlineData(8, SlicePlane.Ji)]
    [InlineData(4, SlicePlane.Ki)]
    [InlineData(8, SlicePlane.Ki)]
    public void Fill_RandomSlices_EqualsEachSliceAlone(int connectivity, SlicePlane plane)
    {
        GridSize grid = new(5, 6, 150), slice = new(1, plane == SlicePlane.Ji ? grid.Height : grid.Depth, grid.Width);
        for (int seed = 0; seed < 10; seed++)
        {
            LabelMap map = TestLabels.Random(grid, 2, 0.4, seed);
            byte[] expected = map.Bytes.ToArray();
            (long Holes, long Voxels) filled = (0, 0);
            for (int n = 0; n < (plane == SlicePlane.Ji ? grid.Depth : grid.Height); n++)
            {
                long[] places = [.. Enumerable.Range(0, (int)slice.VoxelCount).Select(v =>
                    plane == SlicePlane.Ji ? grid.Offset(n, v / grid.Width, v % grid.Width) : grid.Offset(v / grid.Width, n, v % grid.Width))];
                LabelMap one = new(VolumeGeometry.AxisAligned(slice, new SpacingMm(1, 1, 1)), [.. places.Select(place => map.Bytes[(int)place])]);
                (byte[] alone, (long Holes, long Voxels) of) = Flooded(one, connectivity);
                for (int v = 0; v < places.Length; v++) expected[places[v]] = alone[v];
                filled = (filled.Holes + of.Holes, filled.Voxels + of.Voxels);
            }
            for (int slabs = 1; slabs < 4; slabs++)
            {
                LabelMap copy = TestLabels.Copy(map);
                Assert.Equal(filled, HoleFilling.Fill(copy, [1], connectivity, plane, false, slabs));
                Assert.Equal(expected, copy.Bytes.ToArray());
            }
        }
    }

    [Fact]
    public void Fill_OtherLabelInsideTheHole_StaysAndTheBackgroundAroundItIsFilled()
    {
        LabelMap map = TestLabels.Plane("......", ".1111.", ".1.21.", ".1.111", ".111..");
        Assert.Equal((1L, 2L), HoleFilling.Fill(map, [1], 8, null));
        Assert.Equal(["......", ".1111.", ".1121.", ".11111", ".111.."], TestLabels.Draw(map));
    }

    [Fact]
    public void Fill_OtherLabelLeadsOut_IsNoHole()
    {
        LabelMap map = TestLabels.Plane("1111.", "1..2.", "1111.");
        Assert.Equal((0L, 0L), HoleFilling.Fill(map, [1], 8, null));
        Assert.Equal((1L, 2L), HoleFilling.Fill(map, [1, 2], 8, null));
        Assert.Equal(["1111.", "1112.", "1111."], TestLabels.Draw(map));
    }

    [Fact]
    public void Fill_TieOfFaces_TakesTheLowerLabel()
    {
        LabelMap map = TestLabels.Plane(".22.", "2..3", ".33.");
        HoleFilling.Fill(map, [3, 2], 8, null);
        Assert.Equal([".22.", "2223", ".33."], TestLabels.Draw(map));
    }

    [Fact]
    public void Fill_DiagonalGap_IsClosedForEightAndOpenForFour()
    {
        LabelMap eight = TestLabels.Plane(".11.", "1..1", ".11."), four = TestLabels.Copy(eight);
        Assert.Equal((1L, 2L), HoleFilling.Fill(eight, [1], 8, null));
        Assert.Equal((0L, 0L), HoleFilling.Fill(four, [1], 4, null));
    }

    [Fact]
    public void Fill_ConnectivityFourInThreeDimensions_Throws() => Assert.Throws<ArgumentException>(() =>
        HoleFilling.Fill(TestLabels.Random(new GridSize(2, 3, 5), 1, 0.5, 1), [1], 4, null));

    [Fact]
    public void Fill_Background_Throws() =>
        Assert.Throws<ArgumentException>(() => HoleFilling.Fill(TestLabels.Plane("1."), [0], 4, null));

    private static void CheckFill(LabelMap map, int connectivity, byte[] expected, (long Holes, long Voxels) filled)
    {
        for (int slabs = 1; slabs < 4; slabs++)
        {
            LabelMap copy = TestLabels.Copy(map);
            Assert.Equal(filled, HoleFilling.Fill(copy, [1], connectivity, null, false, slabs));
            Assert.Equal(expected, copy.Bytes.ToArray());
        }
    }

    /// <summary>The map with label 1's holes filled, and their number and voxels.</summary>
    private static (byte[] Labels, (long Holes, long Voxels) Filled) Flooded(LabelMap map, int connectivity)
    {
        byte[] before = map.Bytes.ToArray(), after = [.. before];
        GridSize grid = map.Geometry.Grid;
        int[] outside = NaiveComponents.Label(grid, n => before[n] == 1 ? 0 : 1, Connectivity.Complement(connectivity));
        HashSet<int> open = [.. outside.Where((_, n) => NaiveComponents.IsBorder(grid, n))];
        HashSet<int> holes = [];
        long voxels = 0;
        for (int n = 0; n < before.Length; n++)
            if (before[n] == 0 && !open.Contains(outside[n]))
            {
                after[n] = 1;
                holes.Add(outside[n]);
                voxels++;
            }
        return (after, (holes.Count, voxels));
    }
}
