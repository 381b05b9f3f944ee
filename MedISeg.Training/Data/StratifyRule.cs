namespace MedISeg.Training.Data;

/// <summary>What shall be spread evenly over folds.</summary>
public enum StratifyRule
{
    /// <summary>Kinds of cases (<see cref="DataOptions.KindPattern"/>, or the reader's); without kinds, nothing.</summary>
    Kind,
    /// <summary>Which classes a case holds; all labels are read for it.</summary>
    Classes,
    /// <summary>Nothing.</summary>
    None,
}
