using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Data.Splits;

/// <summary>The cases of a split for one fold.</summary>
/// <param name="Training">All folds but one.</param>
/// <param name="Validation">The held-out fold.</param>
/// <param name="Test">The test set; empty: none.</param>
internal sealed record DataParts(IReadOnlyList<DatasetCase> Training, IReadOnlyList<DatasetCase> Validation, IReadOnlyList<DatasetCase> Test)
{
    /// <summary>Cases of folders that are a part each. Equal names are allowed; equal files are not, nor equal groups where a pattern makes them.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: a validation case is a training case too; it is named.</exception>
    public static DataParts OfFolders(IReadOnlyList<DatasetCase> training, IReadOnlyList<DatasetCase> validation)
    {
        HashSet<string> learned = [.. training.SelectMany(Marks)];
        string[] both = [.. validation.Where(one => Marks(one).Any(learned.Contains)).Select(one => one.Name)];
        return both.Length == 0
            ? new DataParts(training, validation, [])
            : throw new SegmentationException(ErrorCode.InvalidOption,
                $"{both.Length} of {validation.Count} validation cases are training cases too, or of the same patients: {DatasetFolder.Names(both)}; take them out of " +
                "one of the folders, or leave out --validation to hold back a fold.");
    }

    private static IEnumerable<string> Marks(DatasetCase one)
    {
        yield return $"file {Path.GetFullPath(one.Images[0])} {one.Place}";
        if (one.Options.GroupPattern is not null) yield return "group " + one.Group;
    }
}
