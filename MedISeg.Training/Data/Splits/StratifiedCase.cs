using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data.Splits;

/// <summary>What decides where a case may go.</summary>
/// <param name="Name">Name of the case.</param>
/// <param name="Group">What stays in one part.</param>
/// <param name="Stratum">What is spread evenly.</param>
internal readonly record struct StratifiedCase(string Name, string Group, string Stratum)
{
    /// <summary>Takes groups of the cases, and strata by their options' rule; for classes all labels are read.</summary>
    /// <param name="cases">Cases.</param>
    /// <param name="done">Called after each case.</param>
    /// <param name="cancellationToken">Checked once a case.</param>
    public static IReadOnlyList<StratifiedCase> Of(IReadOnlyList<DatasetCase> cases, Action done, CancellationToken cancellationToken) => [.. cases.Select(one =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        StratifiedCase stratified = new(one.Name, one.Group, one.Options.Stratify switch
        {
            StratifyRule.Kind => one.Kind,
            StratifyRule.Classes => Classes(one.ReadLabels()),
            _ => "",
        });
        done();
        return stratified;
    })];

    /// <inheritdoc cref="Of(IReadOnlyList{DatasetCase}, Action, CancellationToken)"/>
    public static IReadOnlyList<StratifiedCase> Of(IReadOnlyList<DatasetCase> cases, CancellationToken cancellationToken) =>
        Of(cases, () => { }, cancellationToken);

    private static string Classes(LabelMap labels)
    {
        SortedSet<int> seen = [];
        if (labels.IsWide) foreach (ushort label in labels.Words) seen.Add(label);
        else foreach (byte label in labels.Bytes) seen.Add(label);
        return string.Join(' ', seen);
    }
}
