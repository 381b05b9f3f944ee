using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Data.Splits;

/// <summary>Names of cases in a test set and in folds; every name is in one part only.</summary>
/// <param name="Test">Cases that no training and no selection sees; may be empty.</param>
/// <param name="Folds">At least two.</param>
internal sealed record DataSplit(IReadOnlyList<string> Test, IReadOnlyList<IReadOnlyList<string>> Folds)
{
    /// <summary>Takes the cases of a fold.</summary>
    /// <param name="cases">Cases of the data folders.</param>
    /// <param name="fold">Held-out fold.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: there is no such fold; a case is in two parts or in none, or
    /// lies twice in the folders; a group lies in two parts. Cases are named.</exception>
    /// <remarks>Cases of the split that are not there are passed over, so that a folder may hold one part alone.</remarks>
    public DataParts Of(IReadOnlyList<DatasetCase> cases, int fold)
    {
        if (fold < 0 || fold >= Folds.Count) throw Fault($"There is no fold {fold} in the split; it has folds 0 to {Folds.Count - 1}");
        Dictionary<string, int> parts = PartOf();
        if (cases.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw Fault($"Two cases of the data folders are called {twice.Key}, so a split cannot tell them apart; rename one");
        DatasetCase[] strange = [.. cases.Where(c => !parts.ContainsKey(c.Name))];
        if (strange.Length > 0)
            throw Fault($"{strange.Length} of {cases.Count} cases are in no part of the split: {DatasetFolder.Names(strange.Select(c => c.Name))}; add them to it, name the right split, or leave them out with data.exclude");
        if (cases.GroupBy(c => c.Group).FirstOrDefault(g => g.Select(c => parts[c.Name]).Distinct().Count() > 1) is { } torn)
            throw Fault($"The group {torn.Key} lies in more than one part of the split ({DatasetFolder.Names(torn.Select(c => c.Name))}); its cases must stay together");
        return new DataParts(
            [.. cases.Where(c => parts[c.Name] >= 0 && parts[c.Name] != fold)], [.. cases.Where(c => parts[c.Name] == fold)], [.. cases.Where(c => parts[c.Name] < 0)]);
    }

    /// <summary>Whether a case is in some part.</summary>
    public bool Contains(string name) => Test.Contains(name) || Folds.Any(fold => fold.Contains(name));

    /// <summary>Whether both hold the same names in the same parts.</summary>
    public bool IsSame(DataSplit other) =>
        Test.ToHashSet().SetEquals(other.Test) && Folds.Count == other.Folds.Count && Folds.Zip(other.Folds).All(pair => pair.First.ToHashSet().SetEquals(pair.Second));

    private Dictionary<string, int> PartOf()
    {
        Dictionary<string, int> parts = new(StringComparer.Ordinal);
        for (int part = -1; part < Folds.Count; part++)
            foreach (string name in part < 0 ? Test : Folds[part])
                if (!parts.TryAdd(name, part))
                    throw Fault($"Case {name} is in the split twice, in {Words(parts[name])} and in {Words(part)}; a case belongs to one part");
        return parts;

        static string Words(int part) => part < 0 ? "the test set" : $"fold {part}";
    }

    private static SegmentationException Fault(string message) => new(ErrorCode.InvalidOption, message + ".");
}
