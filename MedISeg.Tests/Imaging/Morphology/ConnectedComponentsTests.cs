using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Imaging.Morphology;

public sealed class ConnectedComponentsTests
{
    [Theory]
    [InlineData(6)]
    [InlineData(18)]
    [InlineData(26)]
    public void Label_RandomVolumes_EqualsFloodFill(int connectivity)
    {
        for (int seed = 0; seed < 8; seed++)
        {
            LabelMap map = TestLabels.Random(new GridSize(4, 5, 7 + 9 * seed), 3, 0.5, seed);
            byte[] labels = map.Bytes.ToArray();
            Check(map, [1, 2], false, connectivity, n => labels[n] is 1 or 2 ? labels[n] : 0);
            Check(map, [3, 1], true, connectivity, n => labels[n] is 1 or 3 ? 1 : 0);
            Check(map, [0], true, connectivity, n => labels[n] == 0 ? 1 : 0);
            Check(TestLabels.Wide(map, 300), [302, 301], false, connectivity, n => labels[n] is 1 or 2 ? labels[n] : 0);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(6)]
    [InlineData(26)]
    public void Label_RandomPlanes_EqualsFloodFill(int connectivity)
    {
        for (int seed = 0; seed < 8; seed++)
        {
            LabelMap map = TestLabels.Random(new GridSize(1, 11, 13), 2, 0.5, seed);
            byte[] labels = map.Bytes.ToArray();
            Check(map, [1, 2], false, connectivity, n => labels[n]);
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(18)]
    [InlineData(26)]
    [InlineData(4)]
    [InlineData(8)]
    public void Label_Sparse_EqualsScipy(int connectivity)
    {
        LabelMap map = TestLabels.Golden("morphology/sparse.npy");
        if (connectivity is 4 or 8)
        {
            GridSize grid = map.Geometry.Grid;
            map = TestLabels.Map(grid with { Depth = 1 }, map.Bytes.Slice(4 * grid.Height * grid.Width, grid.Height * grid.Width).ToArray());
        }
        int[] expected = NpyFile.Golden($"morphology/components_{connectivity}.npy").As<int>();
        ComponentMap found = ConnectedComponents.Label(map, [1], joint: false, connectivity);
        int[] numbers = found.ToNumbers();
        Assert.Equal(expected.Max(), found.Components.Count);
        // scipy may number otherwise; the partition is the same.
        Assert.Equal(found.Components.Count, expected.Zip(numbers).Where(pair => pair.First != 0).Distinct().Count());
        Assert.Equal(expected.Select(n => n != 0), numbers.Select(n => n != 0));
    }

    [Fact]
    public void Repaint_ChosenComponents_ChangesTheirVoxelsOnly()
    {
        LabelMap map = TestLabels.Plane("11.22", ".1..2", "1...1");
        ComponentMap found = ConnectedComponents.Label(map, [1, 2], joint: true, 4);
        Assert.Equal([3, 4, 1], found.Components.Select(c => c.Size));
        Assert.Equal([1, 1, 1], found.Components.Select(c => c.Label));
        Assert.Equal(4, found.Repaint(map, [true, false, true], 5));
        Assert.Equal(["55.22", ".5..2", "5...1"], TestLabels.Draw(map));
        found = ConnectedComponents.Label(map, [1, 2], joint: true, 8);
        Assert.Equal(3, found.Repaint(map, [.. found.Components.Select(c => c.First.I == 3)], 1));
        Assert.Equal(["55.11", ".5..1", "5...1"], TestLabels.Draw(map));
    }

    [Fact]
    public void Repaint_LabelThatDoesNotFit_Throws()
    {
        LabelMap map = TestLabels.Plane("1.");
        Assert.Throws<ArgumentException>(() => ConnectedComponents.Label(map, [1], false, 4).Repaint(map, [true], 256));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(7)]
    [InlineData(0)]
    public void Label_NotAConnectivityOfAVolume_Throws(int connectivity) => Assert.Throws<ArgumentException>(() =>
        ConnectedComponents.Label(TestLabels.Random(new GridSize(2, 3, 5), 1, 0.5, 1), [1], false, connectivity));

    private static void Check(LabelMap map, int[] labels, bool joint, int connectivity, Func<int, int> key)
    {
        GridSize grid = map.Geometry.Grid;
        int[] expected = NaiveComponents.Label(grid, key, connectivity);
        ComponentMap found = ConnectedComponents.Label(map, labels, joint, connectivity);
        Assert.Equal(expected, found.ToNumbers());
        Assert.Equal(expected.Max(), found.Components.Count);
        foreach (Component component in found.Components)
        {
            int[] voxels = [.. Enumerable.Range(0, expected.Length).Where(n => expected[n] == component.Number)];
            int[] i = [.. voxels.Select(n => n % grid.Width)], j = [.. voxels.Select(n => n / grid.Width % grid.Height)];
            int[] k = [.. voxels.Select(n => n / grid.Width / grid.Height)];
            Assert.Equal(voxels.Length, component.Size);
            Assert.Equal(new VoxelIndex(k[0], j[0], i[0]), component.First);
            Assert.Equal(joint ? labels[0] : map[k[0], j[0], i[0]], component.Label);
            Assert.Equal(new VoxelIndex(k.Min(), j.Min(), i.Min()), component.BoxFirst);
            Assert.Equal(new VoxelIndex(k.Max(), j.Max(), i.Max()), component.BoxLast);
        }
    }
}
