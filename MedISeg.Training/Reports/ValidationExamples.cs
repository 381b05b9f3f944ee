using System.Text.Json;
using MedISeg.Imaging.Pictures;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Reports;

/// <summary>Validation cases of a finished run with their scores, and pictures of the best, the middle and the worst one;
/// examples.json and examples/*.png of the run folder.</summary>
/// <param name="Cases">The best one first.</param>
internal sealed record ValidationExamples(IReadOnlyList<ScoredCase> Cases)
{
    /// <summary>Colours of classes that have none, #rrggbb.</summary>
    public static IReadOnlyList<string> Palette { get; } = ["#4f9dff", "#ff8a4f", "#3fd6a3", "#d58bff", "#ffd24f", "#ff6f9f", "#7fdcf0", "#c8b08a"];

    /// <summary>Scores and draws cases with the given predictor and writes the files.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="options">Classes and channels.</param>
    /// <param name="names">One a case.</param>
    /// <param name="cases">Cases on the grid that the network sees.</param>
    /// <param name="scorer">The network.</param>
    /// <param name="cancellationToken">Checked once a patch.</param>
    public static void Write(
        RunFolder folder, TrainOptions options, IReadOnlyList<string> names, IReadOnlyList<TrainingCase> cases, CaseScorer scorer,
        CancellationToken cancellationToken)
    {
        (int Case, double Mean, double[] Dice)[] scores = [.. cases.Select((one, n) =>
        {
            double[] dice = scorer.Score(one, cancellationToken);
            return (n, dice.Where(d => !double.IsNaN(d)).DefaultIfEmpty(double.NaN).Average(), dice);
        }).OrderByDescending(s => double.IsNaN(s.Item2) ? double.PositiveInfinity : s.Item2)];
        (int, double, double[])[] defined = [.. scores.Where(s => !double.IsNaN(s.Mean))];
        Directory.CreateDirectory(PictureFolder(folder));
        Dictionary<int, string> shown = [];
        foreach ((string what, int place) in (IEnumerable<(string, int)>)
            [("best", 0), ("median", (defined.Length - 1) / 2), ("worst", defined.Length - 1), ("second-worst", defined.Length - 2)])
        {
            if (place < 0 || place >= defined.Length || !shown.TryAdd(defined[place].Item1, what)) continue;
            TrainingCase one = cases[defined[place].Item1];
            using FileStream file = File.Create(Path.Combine(PictureFolder(folder), what + ".png"));
            Draw(file, one, scorer.Predict(one, cancellationToken), options);
        }
        ScoredCase[] listed = [.. scores.Select(s => new ScoredCase(
            names[s.Case], double.IsNaN(s.Mean) ? null : s.Mean, [.. s.Dice.Select(d => double.IsNaN(d) ? (double?)null : d)],
            shown.GetValueOrDefault(s.Case)))];
        File.WriteAllText(ListPath(folder), JsonSerializer.Serialize(new ValidationExamples(listed), SegmentationOptions.Json));
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null: the run is not finished or validated nothing.</summary>
    public static ValidationExamples? Read(RunFolder folder) => File.Exists(ListPath(folder))
        ? JsonSerializer.Deserialize<ValidationExamples>(File.ReadAllText(ListPath(folder)), SegmentationOptions.Json)
        : null;

    /// <summary>The picture of a case.</summary>
    public static byte[]? Picture(RunFolder folder, string what)
    {
        string path = Path.Combine(PictureFolder(folder), what + ".png");
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    private static string ListPath(RunFolder folder) => Path.Combine(folder.Root, "examples.json");

    private static string PictureFolder(RunFolder folder) => Path.Combine(folder.Root, "examples");

    private static void Draw(Stream stream, TrainingCase one, byte[] predicted, TrainOptions options)
    {
        float[][] channels = [.. Enumerable.Range(0, one.Channels).Select(one.ToFloats)];
        int classes = options.Classes.Count;
        ContourPicture.Write(
            stream, new Volume(one.Geometry, channels), new LabelMap(one.Geometry, predicted),
            Enumerable.Range(1, classes - 1).ToDictionary(n => n, n => options.Classes[n].Colour ?? Palette[(n - 1) % Palette.Count]),
            new ContourPictureOptions
            {
                Truth = new LabelMap(one.Geometry, one.Classes.ToArray()), SlicesOfTruth = true, PanelPixels = 300,
                Names = Enumerable.Range(1, classes - 1).ToDictionary(n => n, n => options.Classes[n].Name.ToUpperInvariant()),
            });
    }
}

/// <summary>Scores of one validation case.</summary>
/// <param name="Name">Case.</param>
/// <param name="Mean">Mean Dice of the classes that truth or prediction holds; null: none.</param>
/// <param name="Dice">One a foreground class; null: neither holds it.</param>
/// <param name="Picture">best, median, worst or second-worst; null: not drawn.</param>
internal sealed record ScoredCase(string Name, double? Mean, IReadOnlyList<double?> Dice, string? Picture);
