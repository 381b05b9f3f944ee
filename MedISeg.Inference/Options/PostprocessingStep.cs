using System.Text.Json.Serialization;
using MedISeg.Imaging.Morphology;

namespace MedISeg.Inference.Options;

/// <summary>One post-processor with its parameters.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(KeepLargestComponentStep), "keep-largest-component")]
[JsonDerivedType(typeof(RemoveSmallComponentsStep), "remove-small-components")]
[JsonDerivedType(typeof(FillHolesStep), "fill-holes")]
[JsonDerivedType(typeof(KeepComponentsStep), "keep-components")]
[JsonDerivedType(typeof(ConditionalComponentsStep), "conditional-components")]
[JsonDerivedType(typeof(MorphologyStep), "morphology")]
[JsonDerivedType(typeof(SmoothStep), "smooth")]
public abstract record PostprocessingStep
{
    /// <summary>Labels that it treats.</summary>
    public required IReadOnlyList<int> Labels { get; init; }

    /// <summary>Whether the labels form one region; otherwise each is treated alone, in order.</summary>
    public bool Joint { get; init; }

    /// <summary>6, 18 or 26 in 3-D, 4 or 8 in 2-D; null: 26 (8 in 2-D).</summary>
    public int? Connectivity { get; init; }
}

/// <summary>Keeps the largest component (the paper's ABL-CS).</summary>
public sealed record KeepLargestComponentStep : PostprocessingStep
{
    /// <summary>Which of several largest ones to keep. Default first.</summary>
    public TieRule Ties { get; init; }

    /// <summary>Only components strictly below it are removed, mm3 (the paper's minimum_valid_object_size); the largest always stays.</summary>
    public double? MinVolumeMm3 { get; init; }

    /// <summary>As <see cref="MinVolumeMm3"/>, in voxels; at most one of both.</summary>
    public long? MinVolumeVoxels { get; init; }

    /// <summary>Label that removed voxels get.</summary>
    public int To { get; init; }
}

/// <summary>Removes components strictly below a volume (the paper's RSA).</summary>
public sealed record RemoveSmallComponentsStep : PostprocessingStep
{
    /// <summary>Volume that stays, mm3. Exactly one of this and <see cref="MinVolumeVoxels"/>.</summary>
    public double? MinVolumeMm3 { get; init; }

    /// <summary>Volume that stays, voxels.</summary>
    public long? MinVolumeVoxels { get; init; }

    /// <summary>Label that removed voxels get.</summary>
    public int To { get; init; }
}

/// <summary>Fills background that a label encloses.</summary>
public sealed record FillHolesStep : PostprocessingStep
{
    /// <summary>Plane to fill slice by slice (ji, ki or kj); null: in 3-D.</summary>
    public string? Plane { get; init; }

    /// <summary>What may be filled. Default background.</summary>
    public GrowthRule Over { get; init; }
}

/// <summary>Keeps the largest components, as many as asked.</summary>
public sealed record KeepComponentsStep : PostprocessingStep
{
    /// <summary>How many of each label, or of the joint region: 1 to 1000.</summary>
    public required int Count { get; init; }

    /// <summary>Whether all components stay that are as large as the last one kept, or the first ones in raster order. Default first.</summary>
    public TieRule Ties { get; init; }

    /// <summary>Label that removed voxels get.</summary>
    public int To { get; init; }
}

/// <summary>Removes components that touch other labels, or do not, or lie within them, or do not.</summary>
public sealed record ConditionalComponentsStep : PostprocessingStep
{
    /// <summary>Which components are removed.</summary>
    public required ComponentCondition When { get; init; }

    /// <summary>The other labels, as one region.</summary>
    public required IReadOnlyList<int> Of { get; init; }

    /// <summary>A component touches where a voxel's centre is at most so far away, mm; null: where voxels are neighbours. Not for inside.</summary>
    public double? DistanceMm { get; init; }

    /// <summary>Label that removed voxels get.</summary>
    public int To { get; init; }
}

/// <summary>Morphology with a ball in mm.</summary>
public sealed record MorphologyStep : PostprocessingStep
{
    /// <summary>What to do.</summary>
    public required BallOperation Operation { get; init; }

    /// <summary>Radius of the ball, mm, above 0. It must reach at most 64 voxels along each axis.</summary>
    public required double RadiusMm { get; init; }

    /// <summary>What an added voxel may have been. Default background.</summary>
    public GrowthRule Over { get; init; }

    /// <summary>Label that removed voxels get.</summary>
    public int To { get; init; }
}

/// <summary>Smooths the boundaries between the labels and background with a Gaussian in mm; the labels are always treated together,
/// <c>joint</c> or not.</summary>
public sealed record SmoothStep : PostprocessingStep
{
    /// <summary>Standard deviation, mm, above 0. Three of them must reach at most 64 voxels along each axis.</summary>
    public required double SigmaMm { get; init; }
}

/// <summary>What a step that adds voxels may paint over.</summary>
public enum GrowthRule
{
    /// <summary>Background only.</summary>
    Background,
    /// <summary>Other labels too.</summary>
    Any,
}

/// <summary>How a component lies to other labels.</summary>
public enum ComponentCondition
{
    /// <summary>It touches them.</summary>
    Touching,
    /// <summary>It does not touch them.</summary>
    NotTouching,
    /// <summary>All its neighbours have these labels or those that the step treats.</summary>
    Inside,
    /// <summary>A neighbour has another label, or is background.</summary>
    NotInside,
}

/// <summary>Which of several largest components to keep.</summary>
public enum TieRule
{
    /// <summary>The one met first in raster order.</summary>
    First,
    /// <summary>All of them (the paper).</summary>
    Keep,
}
