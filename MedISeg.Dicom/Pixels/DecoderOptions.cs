using System.ComponentModel.DataAnnotations;

namespace MedISeg.Dicom.Pixels;

/// <summary>Limits of the child processes that run native decoders.</summary>
public sealed record DecoderOptions
{
    private const double SmallFrameSeconds = 5;
    private const double BytesPerSecond = 4 << 20;

    /// <summary>Most children that run at once, 1 to 256; each is started when it is first needed. Default: one a processor.</summary>
    [Range(1, 256)]
    public int MaxProcesses { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 256);

    /// <summary>Most time for one frame, 10 ms to 1 hour; a child that takes longer is ended. Default: 30 s. A frame gets no more than 5 s and
    /// a second for each 4 MiB that it decodes to: damaged streams of a few hundred bytes were seen to keep a decoder busy for longer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most bytes of memory that one child may write to, 64 MiB to 1 TiB. Default: 2 GiB.</summary>
    [Range(64L << 20, 1L << 40)]
    public long MaxMemoryBytes { get; init; } = 2L << 30;

    /// <summary>Most time for a frame of so many decoded bytes.</summary>
    internal TimeSpan TimeFor(long frameBytes)
    {
        TimeSpan wanted = TimeSpan.FromSeconds(SmallFrameSeconds + frameBytes / BytesPerSecond);
        return wanted < Timeout ? wanted : Timeout;
    }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside of its range.</exception>
    internal DecoderOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(MaxProcesses, Math.Clamp(MaxProcesses, 1, 256));
        ArgumentOutOfRangeException.ThrowIfLessThan(Timeout, TimeSpan.FromMilliseconds(10));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Timeout, TimeSpan.FromHours(1));
        ArgumentOutOfRangeException.ThrowIfNotEqual(MaxMemoryBytes, Math.Clamp(MaxMemoryBytes, 64L << 20, 1L << 40));
        return this;
    }
}
