using System.Text.Json.Serialization;

namespace MedISeg.Inference.Options;

/// <summary>One post-processor with its parameters.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(KeepLargestComponentStep), "keep-largest-component")]
[JsonDerivedType(typeof(RemoveSmallComponentsStep), "remove-small-components")]
[JsonDerivedType(typeof(FillHolesStep), "fill-holes")]
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
}

/// <summary>Which of several largest components to keep.</summary>
public enum TieRule
{
    /// <summary>The one met first in raster order.</summary>
    First,
    /// <summary>All of them (the paper).</summary>
    Keep,
}
