using System.Text.Json.Serialization;

namespace MedISeg.Inference.Models;

/// <summary>The grid that the network sees.</summary>
public sealed record ModelGrid
{
    /// <summary>Letters, e.g. LPS; null: as stored. Always written, also as null: a package must say it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Orientation { get; init; }
    /// <summary>mm, (k, j, i) or (j, i); null: as stored. Always written.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<double>? Spacing { get; init; }
    /// <summary>Voxels, (k, j, i) or (j, i), that every image is stretched to, whatever its spacing; null: by the spacing.</summary>
    public IReadOnlyList<int>? Size { get; init; }
    /// <summary>Order of the steps.</summary>
    public IReadOnlyList<PreprocessingStep> Order { get; init; } =
        [PreprocessingStep.Orient, PreprocessingStep.Crop, PreprocessingStep.Normalise, PreprocessingStep.Resample];
    /// <summary>How the image is resampled.</summary>
    public InterpolationKind Interpolation { get; init; }
    /// <summary>Foreground crop.</summary>
    public CropKind Crop { get; init; }
    /// <summary>What happens between planes where one axis alone is more than 3 times as coarse as the finest: of the grid that is
    /// resampled, or else of the one it is brought to. Images are then interpolated plane by plane, scores on the way back too.</summary>
    public AnisotropyKind Anisotropy { get; init; }
    /// <summary>What is resampled back.</summary>
    public WayBackKind WayBack { get; init; }
}
