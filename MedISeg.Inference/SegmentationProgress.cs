namespace MedISeg.Inference;

/// <summary>How far a run is.</summary>
/// <param name="Phase">What it does.</param>
/// <param name="PatchesDone">Patches predicted, all members.</param>
/// <param name="PatchesTotal">Patches to predict; 0 before it is known. In a cascade those of its stage.</param>
/// <param name="Stage">Stage of a cascade; null: the package has none. A second stage in a wider box begins with patch 0 again.</param>
public readonly record struct SegmentationProgress(SegmentationPhase Phase, long PatchesDone, long PatchesTotal, RunStage? Stage = null)
{
    /// <summary>Share of the patches that is done, all stages alike, in [0, 1]; null before it is known.</summary>
    public double? Share
    {
        get
        {
            double? own = PatchesTotal > 0 ? (double)PatchesDone / PatchesTotal : null;
            return Stage is { } stage ? (stage.Number - 1 + (own ?? 0)) / stage.Count : own;
        }
    }
}

/// <summary>Phases of a job.</summary>
public enum SegmentationPhase
{
    /// <summary>Reading the image.</summary>
    Reading,
    /// <summary>Orienting, cropping, normalising, resampling.</summary>
    Preprocessing,
    /// <summary>Running the network.</summary>
    Predicting,
    /// <summary>Going back to the source grid.</summary>
    Resampling,
    /// <summary>Post-processing the label map.</summary>
    Postprocessing,
    /// <summary>Writing the result.</summary>
    Encoding,
    /// <summary>Sending the result on.</summary>
    Delivering,
}
