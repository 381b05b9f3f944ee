namespace MedISeg.Training.Data;

/// <summary>How stored label values become class ids.</summary>
public enum LabelRule
{
    /// <summary>As stored, after <see cref="DataOptions.LabelValues"/>.</summary>
    Values,
    /// <summary>Every value above 0 becomes 1: masks of 0 and 255, instances, unions of classes.</summary>
    Positive,
}
