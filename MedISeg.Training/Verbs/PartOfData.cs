using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;

namespace MedISeg.Training.Verbs;

/// <summary>Cases that a verb works on.</summary>
/// <param name="Cases">The cases.</param>
/// <param name="Split">The split, its test set with the cases that are scored; null: none was named.</param>
internal sealed record PartOfData(IReadOnlyList<DatasetCase> Cases, DataSplit? Split)
{
    /// <summary>Those of other cases that are in no test set and not scored.</summary>
    public IReadOnlyList<DatasetCase> Unseen(IReadOnlyList<DatasetCase> others) => [.. others.Where(o => Split?.Test.Contains(o.Name) != true)];
}
