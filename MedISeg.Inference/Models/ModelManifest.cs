using System.Text.Json;
using MedISeg.Inference.Options;

namespace MedISeg.Inference.Models;

/// <summary>A package's model.json; docs/schemas/model.schema.json. Vectors in (k, j, i) order, spacing in mm.</summary>
public sealed record ModelManifest
{
    /// <summary>1.</summary>
    public required int SchemaVersion { get; init; }
    /// <summary>Name, also of the folder.</summary>
    public required string Name { get; init; }
    /// <summary>Version, also of the folder.</summary>
    public required string Version { get; init; }
    /// <summary>What it segments, one line.</summary>
    public required string Task { get; init; }
    /// <summary>More about it.</summary>
    public string? Description { get; init; }
    /// <summary>What it may be used for.</summary>
    public required string IntendedUse { get; init; }
    /// <summary>SPDX identifier.</summary>
    public required string Licence { get; init; }
    /// <summary>2 or 3.</summary>
    public required int Dimensionality { get; init; }
    /// <summary>Input channels in order.</summary>
    public required IReadOnlyList<ModelInput> Inputs { get; init; }
    /// <summary>The grid that the network sees.</summary>
    public required ModelGrid Grid { get; init; }
    /// <summary>Intensity steps in order.</summary>
    public required IReadOnlyList<IntensityStep> Intensity { get; init; }
    /// <summary>The network's shape and output.</summary>
    public required ModelNetwork Network { get; init; }
    /// <summary>Classes in channel order; id 0 is background.</summary>
    public required IReadOnlyList<ModelClass> Classes { get; init; }
    /// <summary>Overlapping regions of a sigmoid package, painted in order; null: none.</summary>
    public IReadOnlyList<ModelRegion>? Regions { get; init; }
    /// <summary>Cascade stages, as written.</summary>
    public JsonElement? Cascade { get; init; }
    /// <summary>One network a member.</summary>
    public required IReadOnlyList<ModelMember> Members { get; init; }
    /// <summary>Allowed views.</summary>
    public required ModelViews Views { get; init; }
    /// <summary>Default options, chosen on validation data.</summary>
    public SegmentationOptions? Defaults { get; init; }
    /// <summary>Training provenance, as written.</summary>
    public JsonElement? Training { get; init; }
    /// <summary>Calibration.</summary>
    public ModelCalibration? Calibration { get; init; }
}

/// <summary>One input channel.</summary>
public sealed record ModelInput
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }
    /// <summary>DICOM Modality; null or *: any.</summary>
    public string? Modality { get; init; }
    /// <summary>DICOM keyword to a regular expression.</summary>
    public IReadOnlyDictionary<string, string>? Match { get; init; }
}

/// <summary>The grid that the network sees.</summary>
public sealed record ModelGrid
{
    /// <summary>Letters, e.g. LPS; null: as stored.</summary>
    public string? Orientation { get; init; }
    /// <summary>mm, (k, j, i) or (j, i); null: as stored.</summary>
    public IReadOnlyList<double>? Spacing { get; init; }
    /// <summary>Order of the steps.</summary>
    public IReadOnlyList<PreprocessingStep> Order { get; init; } =
        [PreprocessingStep.Orient, PreprocessingStep.Crop, PreprocessingStep.Normalise, PreprocessingStep.Resample];
    /// <summary>How the image is resampled.</summary>
    public InterpolationKind Interpolation { get; init; }
    /// <summary>Foreground crop.</summary>
    public CropKind Crop { get; init; }
    /// <summary>What is resampled back.</summary>
    public WayBackKind WayBack { get; init; }
}

/// <summary>Steps before the network.</summary>
public enum PreprocessingStep
{
    /// <summary>Axes to the package's orientation.</summary>
    Orient,
    /// <summary>Foreground crop.</summary>
    Crop,
    /// <summary>Intensity steps.</summary>
    Normalise,
    /// <summary>To the package's spacing.</summary>
    Resample,
}

/// <summary>How voxels are interpolated.</summary>
public enum InterpolationKind
{
    /// <summary>Trilinear.</summary>
    Linear,
    /// <summary>Cubic B-spline with prefilter.</summary>
    Cubic,
    /// <summary>Nearest.</summary>
    Nearest,
}

/// <summary>Foreground crop.</summary>
public enum CropKind
{
    /// <summary>None.</summary>
    None,
    /// <summary>Box of voxels that differ from 0 in any channel.</summary>
    Nonzero,
}

/// <summary>What is resampled to the source grid.</summary>
public enum WayBackKind
{
    /// <summary>Scores, linear; then argmax.</summary>
    Scores,
    /// <summary>Labels, nearest.</summary>
    Labels,
}

/// <summary>The network's shape and output.</summary>
public sealed record ModelNetwork
{
    /// <summary>Voxels, (k, j, i) or (j, i).</summary>
    public required IReadOnlyList<int> PatchSize { get; init; }
    /// <summary>Voxels that the output lacks on each side.</summary>
    public IReadOnlyList<int>? ValidPadding { get; init; }
    /// <summary>What turns the output into probabilities.</summary>
    public required ActivationKind Activation { get; init; }
    /// <summary>What is averaged and interpolated.</summary>
    public ScoreDomain Domain { get; init; }
    /// <summary>Sigmoid packages: a region is present strictly above.</summary>
    public double Threshold { get; init; } = 0.5;
    /// <summary>channels-first.</summary>
    public string Layout { get; init; } = "channels-first";
    /// <summary>Name of the graph input; null: the only one.</summary>
    public string? Input { get; init; }
    /// <summary>Name of the graph output; null: the only one.</summary>
    public string? Output { get; init; }
}

/// <summary>What turns the output into probabilities.</summary>
public enum ActivationKind
{
    /// <summary>Softmax over classes.</summary>
    Softmax,
    /// <summary>Sigmoid a channel.</summary>
    Sigmoid,
    /// <summary>Already probabilities.</summary>
    None,
}

/// <summary>What is averaged over views, patches and members, and interpolated on the way back.</summary>
public enum ScoreDomain
{
    /// <summary>Probabilities (the paper).</summary>
    Probabilities,
    /// <summary>Logits (nnU-Net).</summary>
    Logits,
}

/// <summary>One class.</summary>
public sealed record ModelClass
{
    /// <summary>Label in a label map.</summary>
    public required int Id { get; init; }
    /// <summary>Name.</summary>
    public required string Name { get; init; }
    /// <summary>#rrggbb.</summary>
    public string? Colour { get; init; }
    /// <summary>Scheme, value, meaning.</summary>
    public IReadOnlyList<string>? Category { get; init; }
    /// <summary>Scheme, value, meaning.</summary>
    public IReadOnlyList<string>? Type { get; init; }
    /// <summary>left, right or both.</summary>
    public string? Laterality { get; init; }
}

/// <summary>A region of a sigmoid package.</summary>
public sealed record ModelRegion
{
    /// <summary>Labels that it holds.</summary>
    public required IReadOnlyList<int> Labels { get; init; }
    /// <summary>Label that is painted where it is present.</summary>
    public required int Paint { get; init; }
}

/// <summary>One network.</summary>
public sealed record ModelMember
{
    /// <summary>File in the package's folder.</summary>
    public required string File { get; init; }
    /// <summary>SHA-256 of the file, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }
    /// <summary>Fold.</summary>
    public int? Fold { get; init; }
    /// <summary>Seed.</summary>
    public int? Seed { get; init; }
}

/// <summary>Allowed views.</summary>
public sealed record ModelViews
{
    /// <summary>Names, e.g. flip-i.</summary>
    public required IReadOnlyList<string> Allowed { get; init; }
    /// <summary>View to pairs of class ids that it exchanges.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<int>>>? LabelSwap { get; init; }
}

/// <summary>Calibration.</summary>
public sealed record ModelCalibration
{
    /// <summary>Logits are divided by it before the activation.</summary>
    public double Temperature { get; init; } = 1;
}
