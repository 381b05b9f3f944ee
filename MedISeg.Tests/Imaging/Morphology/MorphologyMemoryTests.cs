using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging.Morphology;

/// <summary>What morphology says that it holds is what it takes. The grid is small enough for one thread, on which allocations are counted.</summary>
public sealed class MorphologyMemoryTests
{
    private const long Small = 1 << 16;
    private static readonly GridSize Grid = new(7, 150, 170);
    private static readonly SpacingMm Spacing = new(2.5, 0.7, 0.9);

    [Fact]
    public void Smoothing_OfOneBlock_TakesWhatItSays()
    {
        LabelMap map = Map();
        long slices = WindowFold.Bytes(Grid, WindowFold.Reach(Grid, Spacing, 6, 0)), says = LabelSmoothing.PeakBytes(Grid, Spacing, 2, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        LabelSmoothing.Apply(map, [1], 2);
        // Background and label are weighed one after the other, each with slices of its own.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, says, says + slices + Small);
    }

    [Fact]
    public void Dilation_OnOneThread_TakesNoMoreThanItSays()
    {
        LabelMap map = Map();
        long slices = WindowFold.Bytes(Grid, WindowFold.Reach(Grid, Spacing, 6, 0)), says = BallMorphology.PeakBytes(Grid, Spacing, 6);
        long before = GC.GetAllocatedBytesForCurrentThread();
        BallMorphology.Apply(map, [1], BallOperation.Dilate, 6, 0, overAny: false);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, slices, says + Small);
    }

    private static LabelMap Map()
    {
        LabelMap map = LabelMap.Empty(VolumeGeometry.AxisAligned(Grid, Spacing), 1);
        for (int j = 60; j < 70; j++) map.Bytes.Slice((int)Grid.Offset(3, j, 40), 20).Fill(1);
        return map;
    }
}
