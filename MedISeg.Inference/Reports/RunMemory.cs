namespace MedISeg.Inference.Reports;

/// <summary>Memory in bytes.</summary>
/// <param name="EstimatedBytes">Estimate before the run.</param>
/// <param name="AccumulatorBytes">Sliding-window accumulators.</param>
/// <param name="ProcessPeakBytes">Peak resident set of the process so far (VmHWM); 0 where the system does not tell.</param>
public sealed record RunMemory(long EstimatedBytes, long AccumulatorBytes, long ProcessPeakBytes);
