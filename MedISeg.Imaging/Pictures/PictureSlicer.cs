using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Pictures;

/// <summary>Reads slices of a stored grid as planes of the screen.</summary>
/// <param name="geometry">The stored grid.</param>
internal sealed class PictureSlicer(VolumeGeometry geometry)
{
    private readonly AxisOrientation _order = AxisOrientation.Towards(geometry, "LPS");

    /// <summary>Extent along an axis of the turned grid.</summary>
    public int Extent(int axis) => geometry.Grid[_order.Source(axis)];

    /// <summary>Spacing along an axis of the turned grid, mm.</summary>
    public double SpacingMm(int axis) => geometry.Spacing[_order.Source(axis)];

    /// <summary>The axis of the turned grid that is a stored one.</summary>
    public int AxisOf(int stored)
    {
        for (int axis = 0; axis < 3; axis++)
            if (_order.Source(axis) == stored)
                return axis;
        throw new ArgumentOutOfRangeException(nameof(stored));
    }

    /// <summary>Stored place of a pixel of a slice.</summary>
    /// <param name="plane">The plane.</param>
    /// <param name="slice">Slice along the plane's slice axis of the turned grid.</param>
    /// <param name="row">Row from the top of the screen.</param>
    /// <param name="column">Column from the left of the screen.</param>
    public VoxelIndex Voxel(PicturePlane plane, int slice, int row, int column)
    {
        Span<int> stored = stackalloc int[3];
        Place(stored, plane.SliceAxis, slice);
        Place(stored, plane.RowAxis, plane.RowsReversed ? Extent(plane.RowAxis) - 1 - row : row);
        Place(stored, plane.ColumnAxis, column);
        return new VoxelIndex(stored[0], stored[1], stored[2]);
    }

    /// <summary>The slice of the turned grid that holds a stored index.</summary>
    /// <param name="axis">Axis of the turned grid.</param>
    /// <param name="stored">Index along the stored axis.</param>
    public int SliceOf(int axis, int stored) => _order.Flipped(axis) ? Extent(axis) - 1 - stored : stored;

    /// <summary>Stored axis of an axis of the turned grid.</summary>
    public int Stored(int axis) => _order.Source(axis);

    /// <summary>Real values of a slice, row-major as on the screen.</summary>
    public float[] Image(Volume image, int channel, PicturePlane plane, int slice)
    {
        float[] values = new float[Extent(plane.RowAxis) * Extent(plane.ColumnAxis)];
        int n = 0;
        for (int row = 0; row < Extent(plane.RowAxis); row++)
            for (int column = 0; column < Extent(plane.ColumnAxis); column++, n++)
            {
                VoxelIndex v = Voxel(plane, slice, row, column);
                image.ReadRow(channel, v.K, v.J, v.I, values.AsSpan(n, 1));
            }
        return values;
    }

    /// <summary>1 where a slice has a label, else 0, row-major as on the screen.</summary>
    public float[] Mask(LabelMap labels, int label, PicturePlane plane, int slice)
    {
        float[] values = new float[Extent(plane.RowAxis) * Extent(plane.ColumnAxis)];
        int n = 0;
        for (int row = 0; row < Extent(plane.RowAxis); row++)
            for (int column = 0; column < Extent(plane.ColumnAxis); column++, n++)
            {
                VoxelIndex v = Voxel(plane, slice, row, column);
                values[n] = labels[v.K, v.J, v.I] == label ? 1 : 0;
            }
        return values;
    }

    private void Place(Span<int> stored, int axis, int index) => stored[_order.Source(axis)] = SliceOf(axis, index);
}
