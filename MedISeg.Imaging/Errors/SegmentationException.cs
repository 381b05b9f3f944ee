namespace MedISeg.Imaging.Errors;

/// <summary>A failure that we foresee. The detail goes to the caller: it says how to fix it and holds no patient data.</summary>
public sealed class SegmentationException : Exception
{
    /// <summary>Creates one with a detail sentence.</summary>
    /// <param name="code">Stable code.</param>
    /// <param name="detail">One or two sentences for the caller; never a file name, a DICOM value or a foreign exception's message.</param>
    /// <param name="inner">The cause, for the debugger only.</param>
    public SegmentationException(ErrorCode code, string detail, Exception? inner = null) : base(detail, inner) => Code = code;

    /// <summary>Creates one that names several keys.</summary>
    public SegmentationException(ErrorCode code, string detail, IReadOnlyList<KeyError> errors) : base(detail)
    {
        Code = code;
        Errors = errors;
    }

    /// <summary>Stable code.</summary>
    public ErrorCode Code { get; }

    /// <summary>One entry a faulty key; empty when the fault is not in a key.</summary>
    public IReadOnlyList<KeyError> Errors { get; } = [];
}
