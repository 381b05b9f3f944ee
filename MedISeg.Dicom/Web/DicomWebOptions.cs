namespace MedISeg.Dicom.Web;

/// <summary>Limits and patience towards one archive.</summary>
public sealed class DicomWebOptions
{
    /// <summary>Tries of one operation, at least 1. Default 4.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Wait before the second try; it doubles from try to try and has jitter. An archive that sends Retry-After is obeyed. Default 1 s.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time of one try of a search. Default 1 min.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest time of one try of fetching or sending objects. Default 30 min.</summary>
    public TimeSpan TransferTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long an archive that failed again and again is left alone. Default 30 s.</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most instances of a series that is fetched. Default 5000.</summary>
    public int MaxInstances { get; init; } = 5000;

    /// <summary>Most bytes of a series that is fetched. Default 8 GiB.</summary>
    public long MaxBytes { get; init; } = 8L << 30;

    /// <summary>Most bytes of the answer to a search. Default 64 MiB.</summary>
    public int MaxAnswerBytes { get; init; } = 64 << 20;
}
