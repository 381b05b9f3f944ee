namespace MedISeg.Inference.Reports;

/// <summary>What a run did: enough to repeat it, and what it found. Holds no patient data.</summary>
public sealed record RunReport
{
    /// <summary>Everything needed to repeat the run.</summary>
    public required RunRecipe Recipe { get; init; }
    /// <summary>Milliseconds a phase, in the order they ran; those of a cascade's first stage begin with "first-stage.". The report of a job also has what lies
    /// around the run: waiting, reading and loading before it, encoding after it.</summary>
    public required IReadOnlyDictionary<string, double> TimingsMs { get; init; }
    /// <summary>Memory.</summary>
    public required RunMemory Memory { get; init; }
    /// <summary>Source grid, model grid and patches; in a cascade those of the second stage, where it ran.</summary>
    public required RunGrids Grids { get; init; }
    /// <summary>What the first stage of a cascade did; null: the package has none.</summary>
    public RunCascade? Cascade { get; init; }
    /// <summary>How members that vote were merged; null: they were averaged.</summary>
    public RunMerging? Merging { get; init; }
    /// <summary>Uncertainty maps in numbers; null: none was asked for.</summary>
    public IReadOnlyList<RunUncertainty>? Uncertainty { get; init; }
    /// <summary>One entry a class that was asked for, background aside.</summary>
    public required IReadOnlyList<SegmentMeasurement> Segments { get; init; }
    /// <summary>What each post-processor changed.</summary>
    public required IReadOnlyList<PostprocessingChange> Postprocessing { get; init; }
    /// <summary>What a person should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
