using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.WayBack;

/// <summary>How one axis of the model grid is read by the target grid, and where its voxels lie in the target's array.</summary>
internal sealed class TargetAxis
{
    private readonly bool _descending;

    /// <summary>Looks along a model axis.</summary>
    /// <param name="map">From the target's voxels to the model grid.</param>
    /// <param name="modelAxis">0 = k, 1 = j, 2 = i of the model grid.</param>
    /// <param name="start">First target voxel in the array that is written, (k, j, i).</param>
    /// <param name="array">Extent of that array.</param>
    /// <param name="nearest">Whether the nearest model voxel is taken instead of the two around.</param>
    public TargetAxis(GridMap map, int modelAxis, VoxelIndex start, GridSize array, bool nearest = false)
    {
        int axis = map.TargetAxisOf(modelAxis);
        AxisMap along = map[axis];
        Taps = nearest
            ? AxisTaps.Nearest(map.Target[axis], map.Source[modelAxis], along.Scale, along.Offset)
            : AxisTaps.Linear(map.Target[axis], map.Source[modelAxis], along.Scale, along.Offset);
        _descending = along.Scale < 0;
        Stride = axis switch { 0 => (long)array.Height * array.Width, 1 => array.Width, _ => 1 };
        First = Stride * (axis switch { 0 => start.K, 1 => start.J, _ => start.I });
        Interpolates = Taps.Weight.AsSpan().ContainsAnyExcept(0f);
        IsLattice = !Interpolates && map.Target[axis] == map.Source[modelAxis] && Taps.Lower.Distinct().Count() == Taps.Length;
    }

    /// <summary>Taps on the model grid, one a target voxel.</summary>
    public AxisTaps Taps { get; }

    /// <summary>Number of target voxels.</summary>
    public int Length => Taps.Length;

    /// <summary>Elements between target voxels in the array.</summary>
    public long Stride { get; }

    /// <summary>Elements before the first target voxel along this axis.</summary>
    public long First { get; }

    /// <summary>Whether any target voxel lies between two model voxels.</summary>
    public bool Interpolates { get; }

    /// <summary>Whether every target voxel is a model voxel and the other way round.</summary>
    public bool IsLattice { get; }

    /// <summary>Target voxel at a place when they are sorted by their upper tap.</summary>
    public int Sorted(int place) => _descending ? Length - 1 - place : place;

    /// <summary>Places (see <see cref="Sorted"/>) whose upper tap lies in [from, to): they can be computed once these model voxels are there.</summary>
    public (int From, int To) Ready(int from, int to) => (FirstAtLeast(from), FirstAtLeast(to));

    private int FirstAtLeast(int modelIndex)
    {
        int low = 0, high = Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Taps.Upper[Sorted(middle)] < modelIndex) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
