using System.Diagnostics;

namespace MedISeg.Api.Telemetry;

/// <summary>Times what a job does around its run, for the report, and makes a span of each stage. For one thread.</summary>
internal sealed class JobStages
{
    private readonly Dictionary<string, double> _milliseconds = [];

    /// <summary>Milliseconds a stage, in the order they ran.</summary>
    public IReadOnlyDictionary<string, double> Milliseconds => _milliseconds;

    /// <summary>Notes time that passed outside <see cref="Time"/>; of one stage it adds up.</summary>
    public void Note(string stage, TimeSpan time) => _milliseconds[stage] = Math.Round(_milliseconds.GetValueOrDefault(stage) + time.TotalMilliseconds, 3);

    /// <summary>Does and times one stage.</summary>
    public T Time<T>(string stage, Func<T> work)
    {
        using Activity? span = Tracing.Stage(stage);
        long start = Stopwatch.GetTimestamp();
        try
        {
            return work();
        }
        catch
        {
            span?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            Note(stage, Stopwatch.GetElapsedTime(start));
        }
    }

    /// <summary>Takes over the phases of a run that has just ended, one after the other. Phases that overlap are drawn as if they did not.</summary>
    /// <param name="timingsMs">Milliseconds a phase.</param>
    /// <param name="end">When the last ended.</param>
    public void Take(IReadOnlyDictionary<string, double> timingsMs, DateTimeOffset end)
    {
        DateTimeOffset start = end - TimeSpan.FromMilliseconds(timingsMs.Values.Sum());
        foreach ((string phase, double ms) in timingsMs)
        {
            TimeSpan duration = TimeSpan.FromMilliseconds(Math.Max(0, ms));
            Tracing.Add(phase, start, duration);
            Note(phase, duration);
            start += duration;
        }
    }
}
