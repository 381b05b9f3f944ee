namespace MedISeg.Training.Verbs;

/// <summary>What a verb tells the shell.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>Ran, and found that a demand is not met: no parity, a score below the asked one.</summary>
    public const int CheckFailed = 1;

    /// <summary>Options or data are wrong; the message says how to fix it.</summary>
    public const int BadInput = 2;

    /// <summary>Our fault.</summary>
    public const int Internal = 3;

    /// <summary>A loss, gradient or weight is not finite; the checkpoint before is kept.</summary>
    public const int Diverged = 4;

    /// <summary>Stopped by the user; what was done is stored.</summary>
    public const int Cancelled = 130;
}
