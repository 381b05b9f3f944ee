using System.Diagnostics.CodeAnalysis;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Resampling;

/// <summary>Separable map from the voxels of a target grid to continuous indices of a source grid, for grids with parallel axes.</summary>
public sealed class GridMap
{
    /// <summary>Largest angle in radians between a target axis and its source axis: 5 micrometres over half a metre.</summary>
    public const double ParallelTolerance = 1e-5;

    private readonly AxisMap[] _axes;

    private GridMap(VolumeGeometry target, VolumeGeometry source, AxisMap[] axes)
    {
        Target = target.Grid;
        Source = source.Grid;
        _axes = axes;
    }

    /// <summary>Extent of the target.</summary>
    public GridSize Target { get; }

    /// <summary>Extent of the source.</summary>
    public GridSize Source { get; }

    /// <summary>Map of a target axis: 0 = k, 1 = j, 2 = i.</summary>
    public AxisMap this[int targetAxis] => _axes[targetAxis];

    /// <summary>Whether every target voxel is the source voxel of the same index (within 1e-6 voxels).</summary>
    public bool IsIdentity
    {
        get
        {
            if (Target != Source) return false;
            for (int axis = 0; axis < 3; axis++)
            {
                AxisMap map = _axes[axis];
                double last = map.Offset + (map.Scale - 1) * (Target[axis] - 1);
                if (map.SourceAxis != axis || Math.Abs(map.Offset) > 1e-6 || Math.Abs(last) > 1e-6) return false;
            }
            return true;
        }
    }

    /// <summary>Whether every target axis runs along the source axis of the same name; it may run against it.</summary>
    public bool KeepsOrder => this[0].SourceAxis == 0 && this[1].SourceAxis == 1;

    /// <summary>The target axis that runs along a source axis: 0 = k, 1 = j, 2 = i.</summary>
    public int TargetAxisOf(int sourceAxis)
    {
        for (int axis = 0; axis < 3; axis++)
            if (_axes[axis].SourceAxis == sourceAxis) return axis;
        throw new ArgumentOutOfRangeException(nameof(sourceAxis));
    }

    /// <summary>The map between two grids.</summary>
    /// <param name="target">Grid whose voxels are wanted.</param>
    /// <param name="source">Grid that holds the values.</param>
    /// <exception cref="ArgumentException">An axis of the target is not parallel to one of the source
    /// (<see cref="ParallelTolerance"/>).</exception>
    public static GridMap Between(VolumeGeometry target, VolumeGeometry source) =>
        TryBetween(target, source, out GridMap? map)
            ? map
            : throw new ArgumentException("The target's axes are not parallel to the source's.", nameof(target));

    /// <summary>The map between two grids, or false where their axes are not parallel.</summary>
    public static bool TryBetween(VolumeGeometry target, VolumeGeometry source, [NotNullWhen(true)] out GridMap? map)
    {
        map = null;
        Affine toSource = source.PatientToIndex * target.IndexToPatient;
        AxisMap[] axes = new AxisMap[3];
        int used = 0;
        for (int axis = 0; axis < 3; axis++)
        {
            Vector3D step = toSource.Column(2 - axis);
            int along = 0;
            for (int other = 1; other < 3; other++)
                if (StepMm(step, other, source) > StepMm(step, along, source)) along = other;
            for (int other = 0; other < 3; other++)
                if (other != along && StepMm(step, other, source) > ParallelTolerance * StepMm(step, along, source)) return false;
            used |= 1 << along;
            axes[axis] = new AxisMap(along, step[2 - along], toSource.Origin[2 - along]);
        }
        if (used != 7) return false;
        map = new GridMap(target, source, axes);
        return true;
    }

    private static double StepMm(Vector3D step, int sourceAxis, VolumeGeometry source) =>
        Math.Abs(step[2 - sourceAxis]) * source.Spacing[sourceAxis];
}
