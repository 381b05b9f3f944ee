namespace MedISeg.Inference.Options;

/// <summary>What to make besides the report. The label map is always made.</summary>
public enum OutputKind
{
    /// <summary>The label map.</summary>
    Labels,
    /// <summary>Map of the entropy of the mean scores, 0 to 1.</summary>
    Entropy,
    /// <summary>Map of the samples' variance, mean over classes, 0 to 0.25.</summary>
    Variance,
    /// <summary>Map of the share of samples that say something else than most, 0 to below 1.</summary>
    Disagreement,
    /// <summary>Map of the mutual information of sample and label, 0 to 1: the entropy that comes from samples that differ.</summary>
    MutualInformation,
    /// <summary>Map of the probability of the classes that are returned, 0 to 1: of one class where option labels names one.</summary>
    Probability,
    /// <summary>Coefficient of variation of each class's volume over members, in the report.</summary>
    VolumeVariation,
    /// <summary>Pictures of the label map over the image; made where results are, of DICOM series only.</summary>
    Overlay,
}

/// <summary>UIDs of DICOM results.</summary>
public enum UidPolicy
{
    /// <summary>New ones each run.</summary>
    New,
    /// <summary>Derived from source, package and recipe.</summary>
    Stable,
}

/// <summary>What DICOM results leave out; a later one leaves out more.</summary>
public enum DeidentificationPolicy
{
    /// <summary>Nothing: they bear the source's patient and study.</summary>
    None,
    /// <summary>All that identifies the patient, but the source's UIDs.</summary>
    RetainUids,
    /// <summary>All that identifies the patient; UIDs are replaced.</summary>
    Basic,
}

/// <summary>Units of PET values.</summary>
public enum PetUnits
{
    /// <summary>As the series has them.</summary>
    Stored,
    /// <summary>Standardised uptake values by body weight, g/ml.</summary>
    SuvBodyWeight,
}

/// <summary>What to do with a modality or body part that is not the model's.</summary>
public enum MismatchPolicy
{
    /// <summary>Refuse.</summary>
    Reject,
    /// <summary>Warn in the report.</summary>
    Warn,
}
