using MedISeg.Inference;

namespace MedISeg.Api.Jobs;

/// <summary>What a job does at this moment.</summary>
/// <param name="State">State.</param>
/// <param name="Phase">Phase of a running job.</param>
/// <param name="Percent">Patches done, 0 to 100.</param>
/// <param name="Stage">Stage of a cascade; null: the package has none.</param>
internal sealed record JobLive(JobState State, SegmentationPhase? Phase, double Percent, RunStage? Stage = null);
