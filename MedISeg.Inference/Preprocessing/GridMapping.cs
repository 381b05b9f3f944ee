using System.Globalization;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;

namespace MedISeg.Inference.Preprocessing;

/// <summary>From an image's grid to the grid that a network sees, and the exact way back: both are known in mm.</summary>
public sealed class GridMapping
{
    private GridMapping(VolumeGeometry source, VoxelIndex cropStart, VolumeGeometry cropped, VolumeGeometry model)
    {
        Source = source;
        CropStart = cropStart;
        Cropped = cropped;
        Model = model;
    }

    /// <summary>Grid of the image.</summary>
    public VolumeGeometry Source { get; }

    /// <summary>First voxel of the block that the network sees, on the image's grid.</summary>
    public VoxelIndex CropStart { get; }

    /// <summary>The block of the image that the network sees, in the image's own axes and voxels.</summary>
    public VolumeGeometry Cropped { get; }

    /// <summary>The same field of view in the package's orientation and spacing.</summary>
    public VolumeGeometry Model { get; }

    /// <summary>Refuses a truth that does not lie on the image's grid.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>.</exception>
    public void CheckTruth(LabelMap truth)
    {
        if (!truth.Geometry.Matches(Source))
            throw new SegmentationException(ErrorCode.InvalidGeometry, "The label map does not lie on the image's grid.");
    }

    /// <summary>Maps a block of an image to a package's grid.</summary>
    /// <param name="source">Grid of the image.</param>
    /// <param name="cropStart">First voxel of the block.</param>
    /// <param name="cropSize">Extent of the block.</param>
    /// <param name="grid">The package's grid.</param>
    /// <param name="dimensionality">2 or 3.</param>
    /// <param name="sliceAxis">Axis of the package's orientation that becomes k where a 2-D package treats a volume: 0 = k, 1 = j, 2 = i.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.DimensionMismatch"/>: a 2-D package that wants another plane;
    /// <see cref="ErrorCode.TooLarge"/>: more voxels than an array can hold.</exception>
    public static GridMapping Create(VolumeGeometry source, VoxelIndex cropStart, GridSize cropSize, ModelGrid grid, int dimensionality, int sliceAxis = 0)
    {
        VolumeGeometry cropped = source.Block(cropStart, cropSize), model = cropped;
        bool planar = source.Grid.Depth == 1;
        if (grid.Orientation is { } letters && grid.Order.Contains(PreprocessingStep.Orient))
        {
            AxisOrientation order = AxisOrientation.Towards(cropped, letters);
            if (dimensionality == 2 && planar && order.Source(0) != 0)
                throw new SegmentationException(ErrorCode.DimensionMismatch,
                    $"The image's plane is not the one that the model was made for (orientation {letters}); send a slice of that plane.");
            model = order.Apply(cropped);
        }
        if (dimensionality == 2 && !planar)
            model = AxisOrientation.ToFront(sliceAxis).Apply(model);
        if (grid.Spacing is { } spacing && grid.Order.Contains(PreprocessingStep.Resample))
        {
            SpacingMm wanted = dimensionality == 3
                ? new SpacingMm(spacing[0], spacing[1], spacing[2])
                : new SpacingMm(model.Spacing.K, spacing[0], spacing[1]);
            double voxels = 1;
            for (int axis = 0; axis < 3; axis++) voxels *= Math.Max(1, model.Grid[axis] * model.Spacing[axis] / wanted[axis] + 1);
            if (voxels > Array.MaxLength)
                throw new SegmentationException(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                    $"At the model's spacing the image would have {voxels:E1} voxels; check the image's spacing, or send a part of it."));
            model = model.WithSpacing(wanted);
        }
        if (grid.Size is { } size && grid.Order.Contains(PreprocessingStep.Resample))
            model = model.WithGrid(dimensionality == 3 ? new GridSize(size[0], size[1], size[2]) : new GridSize(model.Grid.Depth, size[0], size[1]));
        return new GridMapping(source, cropStart, cropped, model);
    }

    /// <summary>Maps a whole image.</summary>
    /// <inheritdoc cref="Create" path="/exception"/>
    public static GridMapping Whole(VolumeGeometry source, ModelGrid grid, int dimensionality, int sliceAxis = 0) =>
        Create(source, default, source.Grid, grid, dimensionality, sliceAxis);

    /// <summary>Axis of the image (0 = k, 1 = j, 2 = i) across the slices that a 2-D package sees one by one: the one that model axis k
    /// runs along.</summary>
    internal int SliceAxisOfSource => GridMap.Between(Cropped, Model).TargetAxisOf(0);

    /// <summary>Model axis across the planes that are interpolated one by one; null: all axes are interpolated alike.</summary>
    /// <param name="kind">What the package says.</param>
    /// <param name="back">Whether scores go to the image's grid, instead of the image to the model's.</param>
    internal int? PlaneAxis(AnisotropyKind kind, bool back)
    {
        if (kind == AnisotropyKind.None) return null;
        int? ofModel = CoarseAxis.Of(Model.Spacing), ofImage = CoarseAxis.Of(Cropped.Spacing);
        if (ofImage is { } axis) ofImage = GridMap.Between(Model, Cropped).TargetAxisOf(axis);
        return back ? ofModel ?? ofImage : ofImage ?? ofModel;
    }
}
