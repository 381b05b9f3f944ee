namespace MedISeg.Training.Ablation;

/// <summary>Changes that the paper's repository published, for comparison.</summary>
/// <param name="Source">Where the numbers are from.</param>
/// <param name="Changes">One entry a trick and data set.</param>
internal sealed record PublishedChanges(string Source, IReadOnlyList<PublishedChange> Changes)
{
    private static readonly Lazy<PublishedChanges> Lazily = new(() => EmbeddedJson.Read<PublishedChanges>("published.json"));

    /// <summary>All that is known.</summary>
    public static PublishedChanges All => Lazily.Value;

    /// <summary>Those of a row's only trick, by name; none where there are several.</summary>
    public static IReadOnlyList<PublishedChange> Of(IReadOnlyList<string> tricks) =>
        tricks.Count == 1 ? [.. All.Changes.Where(c => c.Trick.Equals(tricks[0], StringComparison.OrdinalIgnoreCase))] : [];
}

/// <summary>Change of Dice against the reference row, in percent points.</summary>
/// <param name="Trick">The paper's name.</param>
/// <param name="Data">Data set.</param>
/// <param name="First">In the table of 2022-09-02.</param>
/// <param name="Second">In the table from 2022-09-11 on.</param>
internal sealed record PublishedChange(string Trick, string Data, double First, double Second);
