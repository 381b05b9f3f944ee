using System.Diagnostics;
using MedISeg.Inference.Tiling;

namespace MedISeg.Inference.WayBack;

/// <summary>Measures the time that a sink takes, which runs while patches are predicted.</summary>
internal sealed class TimedSink(IBandSink inner) : IBandSink
{
    private long _ticks;

    /// <summary>Time spent so far.</summary>
    public TimeSpan Elapsed => TimeSpan.FromSeconds((double)_ticks / Stopwatch.Frequency);

    /// <inheritdoc />
    public void Accept(in Band band)
    {
        long started = Stopwatch.GetTimestamp();
        inner.Accept(band);
        _ticks += Stopwatch.GetTimestamp() - started;
    }

    /// <inheritdoc />
    public void Complete()
    {
        long started = Stopwatch.GetTimestamp();
        inner.Complete();
        _ticks += Stopwatch.GetTimestamp() - started;
    }
}
