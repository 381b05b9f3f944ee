namespace MedISeg.Training.Evaluation;

/// <summary>One score as tables show it.</summary>
/// <param name="Key">Key in JSON and CSV, as the property of <see cref="LabelComparison"/>.</param>
/// <param name="Title">Heading in tables, with the unit.</param>
/// <param name="HigherIsBetter">Direction; null: nearer to 0 is better.</param>
/// <param name="Of">Value of a case and class; null where undefined.</param>
internal sealed record ScoreKind(string Key, string Title, bool? HigherIsBetter, Func<LabelComparison, double?> Of)
{
    /// <summary>Key of the Dice.</summary>
    public const string Dice = "dice";

    /// <summary>All scores in the order of tables.</summary>
    public static IReadOnlyList<ScoreKind> All { get; } =
    [
        new(Dice, "Dice", true, l => l.Dice),
        new("recall", "recall", true, l => l.Recall),
        new("precision", "precision", true, l => l.Precision),
        new("iou", "IoU", true, l => l.Iou),
        new("surfaceDice", "surface Dice", true, l => l.SurfaceDice),
        new("hd95Mm", "HD95 mm", false, l => l.Hd95Mm),
        new("hausdorffMm", "Hausdorff mm", false, l => l.HausdorffMm),
        new("meanSurfaceDistanceMm", "mean distance mm", false, l => l.MeanSurfaceDistanceMm),
        new("volumeErrorMl", "volume error ml", null, l => l.VolumeErrorMl),
        new("volumeErrorPercent", "volume error %", null, l => l.VolumeErrorPercent),
        new("objectDice", "object Dice", true, l => l.ObjectDice),
        new("objectIou", "object IoU", true, l => l.ObjectIou),
        new("objectHausdorffMm", "object Hausdorff mm", false, l => l.ObjectHausdorffMm),
        new("aji", "AJI", true, l => l.Aji),
    ];
}
