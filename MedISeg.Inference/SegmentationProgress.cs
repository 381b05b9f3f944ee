namespace MedISeg.Inference;

/// <summary>How far a run is.</summary>
/// <param name="Phase">What it does.</param>
/// <param name="PatchesDone">Patches predicted, all members.</param>
/// <param name="PatchesTotal">Patches to predict; 0 before it is known.</param>
public readonly record struct SegmentationProgress(SegmentationPhase Phase, long PatchesDone, long PatchesTotal);

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
