using MedISeg.Inference.Options;

namespace MedISeg.Inference.Reports;

/// <summary>What a run did: enough to repeat it, and what it found. Holds no patient data.</summary>
public sealed record RunReport
{
    /// <summary>Everything needed to repeat the run.</summary>
    public required RunRecipe Recipe { get; init; }
    /// <summary>Milliseconds a phase, in the order they ran.</summary>
    public required IReadOnlyDictionary<string, double> TimingsMs { get; init; }
    /// <summary>Memory.</summary>
    public required RunMemory Memory { get; init; }
    /// <summary>Source grid, model grid and patches.</summary>
    public required RunGrids Grids { get; init; }
    /// <summary>One entry a class that was asked for, background aside.</summary>
    public required IReadOnlyList<SegmentMeasurement> Segments { get; init; }
    /// <summary>What each post-processor changed.</summary>
    public required IReadOnlyList<PostprocessingChange> Postprocessing { get; init; }
    /// <summary>What a person should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}

/// <summary>Everything needed to repeat a run.</summary>
public sealed record RunRecipe
{
    /// <summary>Package name.</summary>
    public required string Model { get; init; }
    /// <summary>Package version.</summary>
    public required string Version { get; init; }
    /// <summary>SHA-256 over the members' hashes and the manifest.</summary>
    public required string Sha256 { get; init; }
    /// <summary>Version of this software.</summary>
    public required string Software { get; init; }
    /// <summary>Execution provider that ran: cpu or cuda.</summary>
    public required string Device { get; init; }
    /// <summary>The options as merged: request over package over server.</summary>
    public required SegmentationOptions Options { get; init; }
}

/// <summary>Memory in bytes.</summary>
/// <param name="EstimatedBytes">Estimate before the run.</param>
/// <param name="AccumulatorBytes">Sliding-window accumulators.</param>
/// <param name="ProcessPeakBytes">Peak resident set of the process so far (VmHWM); 0 where the system does not tell.</param>
public sealed record RunMemory(long EstimatedBytes, long AccumulatorBytes, long ProcessPeakBytes);

/// <summary>Grids as (k, j, i), spacing in mm.</summary>
/// <param name="SourceSize">Source grid.</param>
/// <param name="SourceSpacingMm">Source spacing.</param>
/// <param name="ModelSize">Grid that the network saw.</param>
/// <param name="ModelSpacingMm">Its spacing.</param>
/// <param name="PatchSize">Patch.</param>
/// <param name="Patches">Number of patch positions.</param>
/// <param name="StreamingAxis">k, j or i.</param>
public sealed record RunGrids(
    IReadOnlyList<int> SourceSize, IReadOnlyList<double> SourceSpacingMm, IReadOnlyList<int> ModelSize, IReadOnlyList<double> ModelSpacingMm,
    IReadOnlyList<int> PatchSize, long Patches, string StreamingAxis);

/// <summary>What was found of one class.</summary>
/// <param name="Label">Value in the label map.</param>
/// <param name="Name">Class name.</param>
/// <param name="Colour">#rrggbb or null.</param>
/// <param name="Voxels">Voxels on the source grid.</param>
/// <param name="VolumeMl">Volume in ml (cubic centimetres).</param>
/// <param name="TouchesBorder">Whether it touches the border of the image, so that it may be cut off; for planar images the plane's own faces do not count.</param>
public sealed record SegmentMeasurement(int Label, string Name, string? Colour, long Voxels, double VolumeMl, bool TouchesBorder);

/// <summary>What a post-processor changed.</summary>
/// <param name="Op">Its name.</param>
/// <param name="VoxelsChanged">Voxels whose label changed.</param>
/// <param name="ComponentsChanged">Components removed or holes filled.</param>
public sealed record PostprocessingChange(string Op, long VoxelsChanged, long ComponentsChanged);
