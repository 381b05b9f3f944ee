using CsCheck;
using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Imaging.Morphology;

/// <summary>Components and holes of random maps in 2-D and 3-D, labelled in several slabs, against flood fill.</summary>
public sealed class MorphologyPropertyTests
{
    private static readonly Gen<LabelMap> Maps = Of(140), NarrowMaps = Of(35);

    [Fact]
    public void Label_AnyMapInAnySlabs_EqualsFloodFill() => Gen.Select(Maps, Gen.Int[0, 2].Select(n => new[] { 6, 18, 26 }[n]), Gen.Bool).Check(40, (map, connectivity, joint) =>
    {
        byte[] labels = map.Bytes.ToArray();
        int[] expected = NaiveComponents.Label(map.Geometry.Grid, n => labels[n] is 0 or 2 ? 0 : joint ? 1 : labels[n], connectivity);
        int rows = map.Geometry.Grid.Depth * map.Geometry.Grid.Height;
        foreach (int slabs in (int[])[1, 2, 3, rows])
        {
            ComponentMap found = ConnectedComponents.Label(map, [3, 1], joint, connectivity, slabs);
            Assert.Equal(expected, found.ToNumbers());
            Assert.Equal(Enumerable.Range(1, found.Count).Select(number => expected.Count(n => n == number)), found.Sizes.ToArray());
        }
    });

    [Fact]
    public void Fill_AnyMapInAnySlabs_EqualsFloodFillAndTwiceChangesNothing() =>
        Gen.Select(Maps, Gen.Bool.Select(all => all ? 26 : 6), Gen.Bool).Check(40, (map, connectivity, overAny) =>
        {
            GridSize grid = map.Geometry.Grid;
            byte[] before = map.Bytes.ToArray(), expected = [.. before];
            int[] outside = NaiveComponents.Label(grid, n => before[n] == 1 ? 0 : 1, Connectivity.Complement(connectivity));
            HashSet<int> open = [.. outside.Where((_, n) => NaiveComponents.IsBorder(grid, n))];
            for (int n = 0; n < before.Length; n++)
                if (!open.Contains(outside[n]) && (overAny || before[n] == 0)) expected[n] = 1;
            foreach (int slabs in (int[])[1, 2, grid.Depth * grid.Height])
            {
                LabelMap copy = TestLabels.Copy(map);
                long changed = HoleFilling.Fill(copy, [1], connectivity, null, overAny, slabs).Voxels;
                Assert.Equal(expected, copy.Bytes.ToArray());
                Assert.Equal(before.Zip(expected).Count(pair => pair.First != pair.Second), changed);
                Assert.Equal((0L, 0L), HoleFilling.Fill(copy, [1], connectivity, null, overAny, slabs));
            }
        });

    [Fact]
    public void AllButLargest_AnyCount_EqualsSorting() => Gen.Select(Maps, Gen.Int[1, 5], Gen.Bool).Check(40, (map, count, keepTies) =>
    {
        ComponentMap found = ConnectedComponents.Label(map, [2, 1], joint: false, 6);
        bool[] expected = new bool[found.Count];
        foreach (IGrouping<int, Component> label in found.Components.GroupBy(c => c.Label))
        {
            Component[] ranked = [.. label.OrderByDescending(c => c.Size).ThenBy(c => c.Number)];
            for (int n = count; n < ranked.Length; n++)
                expected[ranked[n].Number - 1] = !keepTies || ranked[n].Size < ranked[count - 1].Size;
        }
        Assert.Equal(expected, found.AllButLargest(count, keepTies));
    });

    [Fact]
    public void Touching_AnyMap_EqualsVoxelByVoxel() => Gen.Select(NarrowMaps, Gen.Int[0, 2].Select(n => new[] { 6, 18, 26 }[n]), Gen.Bool).Check(20, (map, connectivity, isNear) =>
    {
        GridSize grid = map.Geometry.Grid;
        byte[] labels = map.Bytes.ToArray();
        ComponentMap found = ConnectedComponents.Label(map, [2, 3], joint: true, connectivity);
        int[] numbers = found.ToNumbers();
        bool[] touching = new bool[found.Count], inside = [.. Enumerable.Repeat(true, found.Count)];
        for (int a = 0; a < labels.Length; a++)
            for (int b = 0; b < labels.Length && numbers[a] != 0; b++)
            {
                if (labels[b] is 2 or 3) continue;
                if (labels[b] == 1 && (isNear ? NaiveBall.IsWithin(map.Geometry, a, b, 2.1) : NaiveComponents.AreNeighbours(grid, a, b, connectivity)))
                    touching[numbers[a] - 1] = true;
                if (labels[b] != 1 && NaiveComponents.AreNeighbours(grid, a, b, connectivity)) inside[numbers[a] - 1] = false;
            }
        Assert.Equal(touching, ComponentContact.Touching(found, map, [1], connectivity, isNear ? 2.1 : null));
        Assert.Equal(inside, ComponentContact.Inside(found, map, [2, 3], [1], connectivity));
    });

    private static Gen<LabelMap> Of(int mostWidth) => Gen.Select(
        Gen.Int[1, 5], Gen.Int[1, 7], Gen.Int[1, mostWidth], Gen.Double[0.1, 0.9], Gen.Int[0, 1 << 20],
        (depth, height, width, background, seed) => TestLabels.Random(new GridSize(depth, height, width), 3, background, seed));
}
