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
    /// <summary>How grey and colour images are made alike before all else. Default stored.</summary>
    public ColourRule Colours { get; init; }
    /// <summary>The grid that the network sees.</summary>
    public required ModelGrid Grid { get; init; }
    /// <summary>Intensity steps in order.</summary>
    public required IReadOnlyList<IntensityStep> Intensity { get; init; }
    /// <summary>The network's shape and output.</summary>
    public required ModelNetwork Network { get; init; }
    /// <summary>How a 2-D package treats volumes; null: each slice alone.</summary>
    public ModelSlices? Slices { get; init; }
    /// <summary>Classes in channel order; id 0 is background.</summary>
    public required IReadOnlyList<ModelClass> Classes { get; init; }
    /// <summary>Overlapping regions of a sigmoid package, painted in order; null: none.</summary>
    public IReadOnlyList<ModelRegion>? Regions { get; init; }
    /// <summary>The package that proposes the box this one works in; null: it works on the whole image.</summary>
    public ModelCascade? Cascade { get; init; }
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
