namespace MedISeg.Training.Losses;

/// <summary>What becomes of a known defect of the paper's code.</summary>
public enum DefectMode
{
    /// <summary>It is mended. The default.</summary>
    Fixed,

    /// <summary>It is kept, number for number, for comparisons with the paper.</summary>
    Compat,
}
