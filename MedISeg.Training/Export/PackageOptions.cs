using MedISeg.Inference.Options;

namespace MedISeg.Training.Export;

/// <summary>What a package says beyond what its runs know.</summary>
internal sealed record PackageOptions
{
    /// <summary>Name, also of the folder.</summary>
    public required string Name { get; init; }

    /// <summary>Version, also of the folder.</summary>
    public required string Version { get; init; }

    /// <summary>What it may be used for.</summary>
    public required string IntendedUse { get; init; }

    /// <summary>SPDX identifier.</summary>
    public required string Licence { get; init; }

    /// <summary>More about it; null: none.</summary>
    public string? Description { get; init; }

    /// <summary>The data it was trained on, in words; null: not said.</summary>
    public string? Data { get; init; }

    /// <summary>How the data were split, in words; null: not said.</summary>
    public string? Split { get; init; }

    /// <summary>Whether all views that fit patch and grid are allowed; otherwise those that the training showed. Default false.</summary>
    public bool AllViews { get; init; }

    /// <summary>Default options, chosen on validation data; null: none.</summary>
    public SegmentationOptions? Defaults { get; init; }
}
