namespace MedISeg.Benchmarks.Engine;

/// <summary>CPU time of trivial networks inside a work, which is not part of it.</summary>
internal static class NetworkClock
{
    /// <summary>Seconds so far.</summary>
    public static double Seconds { get; set; }
}
