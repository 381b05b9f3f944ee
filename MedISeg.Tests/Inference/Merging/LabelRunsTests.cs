using CsCheck;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Merging;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Merging;

[Trait("Category", "Kernel")]
public sealed class LabelRunsTests
{
    [Fact]
    public void ForEach_AnyMapsOfEitherWidth_VisitsEveryVoxelOnceWithItsLabels() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 4], Gen.Int[0, 2].Array[36]).Check(200, (width, count, values) =>
        {
            VolumeGeometry grid = VolumeGeometry.AxisAligned(new GridSize(1, 1, width), new SpacingMm(1, 1, 1));
            LabelMap[] maps = [.. Enumerable.Range(0, count).Select(m => m % 2 == 0
                ? new LabelMap(grid, [.. values.Skip(m * width).Take(width).Select(v => (byte)v)])
                : new LabelMap(grid, [.. values.Skip(m * width).Take(width).Select(v => (ushort)(v + 300))]))];
            int next = 0;
            int[]? before = null;
            LabelRuns.ForEach(maps, (labels, from, to) =>
            {
                Assert.Equal(next, from);
                Assert.True(to > from && (before is null || !before.SequenceEqual(labels)));
                for (int n = from; n < to; n++) Assert.Equal(maps.Select(map => map[0, 0, n]), labels);
                before = [.. labels];
                next = to;
            }, CancellationToken.None);
            Assert.Equal(width, next);
        });
}
