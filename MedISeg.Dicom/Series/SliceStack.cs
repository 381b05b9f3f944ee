using System.Numerics.Tensors;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Series;

/// <summary>Parallel slices that form no regular grid - uneven, with holes, or drifting sideways as with a tilted gantry - beside the upright
/// grid that is interpolated from them.</summary>
/// <remarks>
/// The grid has the slices' directions and pixel spacing and the first slice's pixel lattice, is wide enough for all of them, and reaches from
/// the first to the last slice in steps as near as possible to their usual distance. A voxel is interpolated linearly within the two slices
/// beside it, at the points straight above and below, and between them; a voxel beside a slice takes the slice's nearest pixel.
/// </remarks>
public sealed class SliceStack
{
    /// <summary>A plane of the grid this near to a slice, in planes, lies on it.</summary>
    private const double OnSlice = 1e-6;

    private readonly double[] _heights, _offsetsJ, _offsetsI;

    private SliceStack(VolumeGeometry grid, VolumeGeometry planes, double[] heights, double[] offsetsJ, double[] offsetsI, string warning)
    {
        (Grid, Planes, _heights, _offsetsJ, _offsetsI, Warning) = (grid, planes, heights, offsetsJ, offsetsI, warning);
    }

    /// <summary>The upright grid.</summary>
    public VolumeGeometry Grid { get; }

    /// <summary>What a person should know: why the slices form no grid, and what was made of them.</summary>
    public string Warning { get; }

    /// <summary>One plane a slice; only its extent means something, since the slices form no grid.</summary>
    internal VolumeGeometry Planes { get; }

    private GridSize Slices => Planes.Grid;

    /// <summary>Lays the grid over sorted slices.</summary>
    /// <param name="sorted">At least two, at different places.</param>
    /// <param name="rows">Rows of a slice.</param>
    /// <param name="columns">Columns of a slice.</param>
    /// <param name="fault">Why they form no regular grid.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>: the slices lie so far apart that the grid would be huge.</exception>
    internal static SliceStack Create(SliceGeometry[] sorted, int rows, int columns, SliceFault fault)
    {
        SliceGeometry first = sorted[0];
        double[] places = SliceOrder.Places(sorted);
        double span = places[^1] - places[0], steps = Math.Max(1, Math.Round(span / SlicePlaces.UsualGap(places)));
        double[] j = [.. sorted.Select(slice => (slice.Position - first.Position).Dot(first.Column) / first.SpacingJ)];
        double[] i = [.. sorted.Select(slice => (slice.Position - first.Position).Dot(first.Row) / first.SpacingI)];
        double lowJ = Lowest(j), lowI = Lowest(i);
        double height = Math.Ceiling(j.Max() - OnSlice) - lowJ + rows, width = Math.Ceiling(i.Max() - OnSlice) - lowI + columns;
        if ((steps + 1) * height * width > new ImageLimits().MaxVoxels)
            throw new SegmentationException(ErrorCode.TooLarge,
                $"{fault.What} A regular grid over them would have more than {new ImageLimits().MaxVoxels} voxels; send slices that lie closer together.");
        Vector3D step = first.Normal * (span / steps), origin = first.Position + first.Column * (lowJ * first.SpacingJ) + first.Row * (lowI * first.SpacingI);
        Affine affine = new(first.Row * first.SpacingI, first.Column * first.SpacingJ, step, origin);
        VolumeGeometry grid = new(new GridSize((int)steps + 1, (int)height, (int)width), affine);
        return new SliceStack(
            grid, new VolumeGeometry(new GridSize(sorted.Length, rows, columns), affine),
            [.. places.Select(place => (place - places[0]) / span * steps)], [.. j.Select(value => value - lowJ)], [.. i.Select(value => value - lowI)],
            $"{fault.What} The images were interpolated to {grid.Grid.Depth} upright planes {SliceOrder.Mm(grid.Spacing.K)} mm apart.");
    }

    /// <summary>The volume on the upright grid.</summary>
    /// <param name="slices">The slices' voxels, row-major (slice, row, column).</param>
    /// <param name="limits">Checked before memory is taken.</param>
    /// <param name="threads">How many planes are worked on at a time; the result does not depend on it.</param>
    /// <param name="cancellationToken">Checked once a plane.</param>
    /// <returns>Real values as floats.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>.</exception>
    internal Volume Resample(Volume slices, ImageLimits limits, int threads, CancellationToken cancellationToken)
    {
        GridSize size = Grid.Grid;
        limits.Check([size.Width, size.Height, size.Depth, slices.Channels], sizeof(float));
        float[][] channels = [.. Enumerable.Range(0, slices.Channels).Select(_ => ImageLimits.Allocate<float>(checked((int)size.VoxelCount)))];
        OrderedWork.Run(size.Depth, threads, k =>
        {
            (int lower, double share) = Between(k);
            for (int c = 0; c < channels.Length; c++)
            {
                float[] plane = Shifted(slices, c, lower, k, cancellationToken);
                if (share > 0) TensorPrimitives.Lerp(plane, Shifted(slices, c, lower + 1, k, cancellationToken), (float)share, plane);
                plane.CopyTo(channels[c], size.Offset(k, 0, 0));
            }
        }, cancellationToken);
        return new Volume(Grid, channels);
    }

    /// <summary>Labels of the slices' own pixels: each takes that of the nearest voxel of the grid.</summary>
    /// <param name="labels">On <see cref="Grid"/>.</param>
    /// <param name="cancellationToken">Checked once a slice.</param>
    /// <returns>On <see cref="Planes"/>: one plane a slice, in their order.</returns>
    internal LabelMap ToSlices(LabelMap labels, CancellationToken cancellationToken)
    {
        LabelMap target = LabelMap.Empty(Planes, labels.LargestLabel);
        GridSize from = Grid.Grid, to = Slices;
        for (int n = 0; n < to.Depth; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int k = Nearest(_heights[n], from.Depth), i = Nearest(_offsetsI[n], from.Width - to.Width + 1), j = Nearest(_offsetsJ[n], from.Height - to.Height + 1);
            for (int row = 0; row < to.Height; row++)
            {
                int source = checked((int)from.Offset(k, j + row, i)), place = checked((int)to.Offset(n, row, 0));
                if (labels.IsWide) labels.Words.Slice(source, to.Width).CopyTo(target.Words[place..]);
                else labels.Bytes.Slice(source, to.Width).CopyTo(target.Bytes[place..]);
            }
        }
        return target;
    }

    private static double Lowest(double[] offsets) => Math.Floor(offsets.Min() + OnSlice);

    private static int Nearest(double index, int count) => Math.Clamp((int)Math.Floor(index + 0.5), 0, count - 1);

    /// <summary>The slice at or below a plane of the grid, and the share of the next one.</summary>
    private (int Lower, double Share) Between(int k)
    {
        int next = Array.BinarySearch(_heights, k + OnSlice);
        int lower = Math.Clamp((next < 0 ? ~next : next) - 1, 0, _heights.Length - 1);
        if (lower == _heights.Length - 1 || k - _heights[lower] <= OnSlice) return (lower, 0);
        return (lower, (k - _heights[lower]) / (_heights[lower + 1] - _heights[lower]));
    }

    /// <summary>What a slice has straight above or below the voxels of a plane of the grid.</summary>
    private float[] Shifted(Volume slices, int channel, int n, int k, CancellationToken cancellationToken)
    {
        Volume slice = slices.Block(new VoxelIndex(n, 0, 0), Slices with { Depth = 1 });
        VolumeGeometry onPlane = new(
            slice.Geometry.Grid, Grid.IndexToPatient with { Origin = Grid.IndexToPatient.Apply(_offsetsI[n], _offsetsJ[n], k) });
        Volume placed = new(onPlane, [slice.Stored(channel)], slice.Slope, slice.Intercept);
        return VolumeResampler.Resample(
            placed, 0, Grid.Block(new VoxelIndex(k, 0, 0), Grid.Grid with { Depth = 1 }), Interpolation.Linear, IntensityMap.Identity,
            cancellationToken);
    }
}
