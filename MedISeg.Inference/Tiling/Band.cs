using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.Tiling;

/// <summary>A block of finished scores on the model grid; borrowed.</summary>
public readonly ref struct Band
{
    /// <summary>Creates a view of a block.</summary>
    /// <exception cref="ArgumentException">The length is not classes x voxels.</exception>
    public Band(ReadOnlySpan<float> scores, int classes, GridSize size, VoxelIndex origin, int streamingAxis)
    {
        if (scores.Length != classes * size.VoxelCount) throw new ArgumentException("The length is not classes x voxels.", nameof(scores));
        Scores = scores;
        Classes = classes;
        Size = size;
        Origin = origin;
        StreamingAxis = streamingAxis;
    }

    /// <summary>Shape [classes, planes, rows, columns] = [classes, k, j, i], row-major; probabilities or logits as the package says.</summary>
    public ReadOnlySpan<float> Scores { get; }

    /// <summary>Number of classes (network channels).</summary>
    public int Classes { get; }

    /// <summary>Extent of the block (k, j, i).</summary>
    public GridSize Size { get; }

    /// <summary>First voxel of the block on the model grid.</summary>
    public VoxelIndex Origin { get; }

    /// <summary>Axis along which bands leave in rising order: 0 = k, 1 = j, 2 = i.</summary>
    public int StreamingAxis { get; }
}
