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
    [InlineData(6)]
    [InlineData(26)]
    public void Fill_RandomVolumes_EqualsFloodFill(int connectivity)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            LabelMap map = TestLabels.Random(new GridSize(5, 6, 9), 2, 0.25, seed);
            byte[] before = map.Bytes.ToArray(), expected = [.. before];
            int[] outside = NaiveComponents.Label(map.Geometry.Grid, n => before[n] == 1 ? 0 : 1, Connectivity.Complement(connectivity));
            HashSet<int> open = [.. outside.Where((_, n) => NaiveComponents.IsBorder(map.Geometry.Grid, n))];
            for (int n = 0; n < before.Length; n++)
                if (before[n] == 0 && !open.Contains(outside[n])) expected[n] = 1;
            long holes = outside.Where((number, n) => before[n] == 0 && !open.Contains(number)).Distinct().Count();
            Assert.Equal((holes, before.Zip(expected).Count(p => p.First != p.Second)), HoleFilling.Fill(map, [1], connectivity, null));
            Assert.Equal(expected, map.Bytes.ToArray());
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
}
