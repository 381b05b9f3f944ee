using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Tiling;

namespace MedISeg.Tests.Support;

/// <summary>A sink that puts bands together and checks the contract: each voxel once, in rising order, one thread, one Complete.</summary>
public sealed class CollectingSink : IBandSink
{
    private readonly GridSize _grid;
    private readonly bool[] _seen;
    private int? _thread;
    private int _slab;
    private int _lastFirst = -1;

    public CollectingSink(GridSize grid, int classes)
    {
        _grid = grid;
        _seen = new bool[grid.VoxelCount];
        Scores = new float[classes * grid.VoxelCount];
    }

    /// <summary>[classes, k, j, i].</summary>
    public float[] Scores { get; }

    public int Bands { get; private set; }

    public long LargestBand { get; private set; }

    public bool IsComplete { get; private set; }

    public void Accept(in Band band)
    {
        Assert.False(IsComplete);
        Assert.Equal(_thread ??= Environment.CurrentManagedThreadId, Environment.CurrentManagedThreadId);
        int second = band.StreamingAxis == 0 ? 1 : 0;
        int slice = At(band.Origin, band.StreamingAxis), line = At(band.Origin, second);
        // Within a slab strips rise; a new slab begins at line 0 beyond all slices before it.
        if (line < _lastFirst) Assert.True(line == 0 && slice >= _slab);
        _lastFirst = line;
        _slab = Math.Max(_slab, slice);
        Bands++;
        LargestBand = Math.Max(LargestBand, band.Scores.Length);
        long from = 0;
        for (int c = 0; c < band.Classes; c++)
            for (int k = 0; k < band.Size.Depth; k++)
                for (int j = 0; j < band.Size.Height; j++)
                    for (int i = 0; i < band.Size.Width; i++, from++)
                    {
                        long voxel = _grid.Offset(band.Origin.K + k, band.Origin.J + j, band.Origin.I + i);
                        if (c == 0)
                        {
                            Assert.False(_seen[voxel], $"voxel {voxel} came twice");
                            _seen[voxel] = true;
                        }
                        Scores[c * _grid.VoxelCount + voxel] = band.Scores[(int)from];
                    }
    }

    public void Complete()
    {
        Assert.False(IsComplete);
        Assert.DoesNotContain(false, _seen);
        IsComplete = true;
    }

    private static int At(VoxelIndex index, int axis) => axis == 0 ? index.K : axis == 1 ? index.J : index.I;
}
