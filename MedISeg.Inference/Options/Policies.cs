namespace MedISeg.Inference.Options;

/// <summary>What to make besides the report.</summary>
public enum OutputKind
{
    /// <summary>The label map.</summary>
    Labels,
}

/// <summary>UIDs of DICOM results.</summary>
public enum UidPolicy
{
    /// <summary>New ones each run.</summary>
    New,
    /// <summary>Derived from source, package and recipe.</summary>
    Stable,
}

/// <summary>What to do with a modality or body part that is not the model's.</summary>
public enum MismatchPolicy
{
    /// <summary>Refuse.</summary>
    Reject,
    /// <summary>Warn in the report.</summary>
    Warn,
}
