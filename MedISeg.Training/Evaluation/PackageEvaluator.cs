using System.Diagnostics;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;

namespace MedISeg.Training.Evaluation;

/// <summary>Scores an exported package on a data set, through the pipeline that serves it, on each image's own grid.</summary>
internal static class PackageEvaluator
{
    /// <summary>Segments and scores all cases, one after another.</summary>
    /// <param name="model">The package.</param>
    /// <param name="cases">Files.</param>
    /// <param name="groups">Groups of the cases.</param>
    /// <param name="options">Options beside the package's defaults; null: none.</param>
    /// <param name="done">Called after each case.</param>
    /// <param name="cancellationToken">Checked once a patch.</param>
    public static IReadOnlyList<CaseScore> Evaluate(
        LoadedModel model, IReadOnlyList<DatasetCase> cases, CaseGroups groups, SegmentationOptions? options, Action done,
        CancellationToken cancellationToken)
    {
        SegmentationPipeline pipeline = new();
        Dictionary<int, string> names = model.Manifest.Classes.Where(c => c.Id > 0).ToDictionary(c => c.Id, c => c.Name);
        return Score(cases, groups, names, done, image => pipeline.Run(image, model, options, null, null, cancellationToken).Labels);
    }

    /// <summary>Fits threshold and largest component on cases of their own, then scores it on the same cases as the package.</summary>
    /// <param name="model">Gives the classes.</param>
    /// <param name="fitted">Cases to choose the thresholds on.</param>
    /// <param name="cases">Cases to score.</param>
    /// <param name="groups">Groups of the cases.</param>
    /// <param name="components">Components that are kept of each class, in class order; one number serves all.</param>
    /// <param name="done">Called after each case.</param>
    /// <param name="cancellationToken">Checked while fitting.</param>
    public static BaselineReport EvaluateBaseline(
        LoadedModel model, IReadOnlyList<DatasetCase> fitted, IReadOnlyList<DatasetCase> cases, CaseGroups groups,
        IReadOnlyList<int> components, Action done, CancellationToken cancellationToken)
    {
        ModelClass[] classes = [.. model.Manifest.Classes.Where(c => c.Id > 0)];
        if (components.Count != 1 && components.Count != classes.Length)
            throw new SegmentationException(ErrorCode.InvalidOption, $"One number of components, or one for each of the {classes.Length} classes, is needed.");
        ThresholdBaseline baseline = ThresholdBaseline.Fit(
            [.. fitted.Select(one => one.Read())], [.. classes.Select((c, n) => (c.Id, components[components.Count == 1 ? 0 : n]))], cancellationToken);
        IReadOnlyList<CaseScore> scores = Score(cases, groups, classes.ToDictionary(c => c.Id, c => c.Name), done, baseline.Segment);
        return new BaselineReport(baseline.Rules, scores, GroupScore.Of(scores));
    }

    private static CaseScore[] Score(
        IReadOnlyList<DatasetCase> cases, CaseGroups groups, Dictionary<int, string> names, Action done, Func<Volume, LabelMap> segment) =>
    [
        .. cases.Select(one =>
        {
            (Volume image, LabelMap truth) = one.Read();
            Stopwatch clock = Stopwatch.StartNew();
            LabelMap labels = segment(image);
            double seconds = clock.Elapsed.TotalSeconds;
            IReadOnlyList<LabelComparison> scores = LabelComparison.Of(labels, truth, names, new Dictionary<int, double>(), 0);
            done();
            return new CaseScore(one.Name, groups.Of(one), [.. scores.Where(s => names.ContainsKey(s.Label))], seconds);
        }),
    ];
}
