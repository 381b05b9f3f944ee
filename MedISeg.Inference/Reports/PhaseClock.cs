using System.Diagnostics;

namespace MedISeg.Inference.Reports;

/// <summary>Milliseconds of consecutive phases.</summary>
internal sealed class PhaseClock
{
    private readonly Dictionary<string, double> _milliseconds = [];
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Phases in the order they ended.</summary>
    public IReadOnlyDictionary<string, double> Milliseconds => _milliseconds;

    /// <summary>Ends a phase that began where the one before ended.</summary>
    /// <param name="phase">Name in the report.</param>
    /// <param name="elsewhere">Time within it that counts for another phase.</param>
    public void End(string phase, TimeSpan elsewhere = default)
    {
        long now = Stopwatch.GetTimestamp();
        _milliseconds[phase] = Math.Round((Stopwatch.GetElapsedTime(_last, now) - elsewhere).TotalMilliseconds, 3);
        _last = now;
    }
}
