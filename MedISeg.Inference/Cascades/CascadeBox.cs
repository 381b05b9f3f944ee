using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Preprocessing;

namespace MedISeg.Inference.Cascades;

/// <summary>The box that the second stage of a cascade works in. Lengths are mm across the image's planes, whatever their angle.</summary>
internal static class CascadeBox
{
    /// <summary>A box that was too small grows by at least this part of its side.</summary>
    private const double SmallestWidening = 0.25;

    /// <summary>Proposes a box.</summary>
    /// <param name="first">The first stage's labels on the image's grid.</param>
    /// <param name="manifest">The second stage.</param>
    /// <param name="sliceAxis">Axis across slices, see <see cref="GridMapping.Create"/>.</param>
    /// <returns>Around the labels with the margin, and not smaller than a patch, which is read in any case; null where there is no label.</returns>
    public static VoxelBox? Propose(LabelMap first, ModelManifest manifest, int sliceAxis)
    {
        VolumeGeometry image = first.Geometry;
        ModelCascade cascade = manifest.Cascade!;
        if (VoxelBox.Of(first, cascade.Labels) is not { } box) return null;
        GridMapping mapping = GridMapping.Whole(image, manifest.Grid, manifest.Dimensionality, sliceAxis);
        GridMap toModel = GridMap.Between(mapping.Model, image);
        GridSize patch = manifest.PatchExtent();
        for (int axis = 0; axis < 3; axis++)
        {
            int margin = Voxels(cascade.MarginMm, image, axis), modelAxis = toModel.TargetAxisOf(axis);
            box = box.Widen(axis, margin, margin, image.Grid);
            int lacking = Voxels(patch[modelAxis] * PlaneDistance(mapping.Model, modelAxis), image, axis) - box.Size[axis];
            if (lacking > 0) box = box.Widen(axis, lacking / 2, lacking - lacking / 2, image.Grid);
        }
        return box;
    }

    /// <summary>Moves the faces that a result touches, by the margin and at least a quarter of the side.</summary>
    /// <param name="box">The box that the result was made in.</param>
    /// <param name="result">The result on the image's grid.</param>
    /// <param name="marginMm">mm.</param>
    /// <returns>The same box where nothing but faces of the image is touched.</returns>
    public static VoxelBox Widen(VoxelBox box, LabelMap result, double marginMm)
    {
        GridSize grid = result.Geometry.Grid;
        VoxelBox wide = box;
        for (int axis = 0; axis < 3; axis++)
        {
            int step = Math.Max(Voxels(marginMm, result.Geometry, axis), (int)Math.Ceiling(SmallestWidening * box.Size[axis]));
            bool before = box.Start[axis] > 0 && IsTouched(result, box, axis, box.Start[axis]);
            bool behind = box.End(axis) < grid[axis] && IsTouched(result, box, axis, box.End(axis) - 1);
            wide = wide.Widen(axis, before ? step : 0, behind ? step : 0, grid);
        }
        return wide;
    }

    /// <summary>Whether any voxel of the box at a place of an axis has a label.</summary>
    private static bool IsTouched(LabelMap result, VoxelBox box, int axis, int place)
    {
        VoxelBox face = new(box.Start.With(axis, place), box.Size.With(axis, 1));
        for (int k = face.Start.K; k < face.End(0); k++)
            for (int j = face.Start.J; j < face.End(1); j++)
                for (int i = face.Start.I; i < face.End(2); i++)
                    if (result[k, j, i] != 0) return true;
        return false;
    }

    /// <summary>Whole voxels across planes that make up a length.</summary>
    private static int Voxels(double mm, VolumeGeometry geometry, int axis) =>
        (int)Math.Min(int.MaxValue / 2, Math.Ceiling(mm / PlaneDistance(geometry, axis) - 1e-6));

    /// <summary>mm between the planes across an axis, measured at right angles: less than the spacing where axes are not at right angles.</summary>
    private static double PlaneDistance(VolumeGeometry geometry, int axis)
    {
        Affine index = geometry.PatientToIndex;
        return 1 / new Vector3D(index.I[2 - axis], index.J[2 - axis], index.K[2 - axis]).Length;
    }
}
