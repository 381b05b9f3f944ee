using System.Diagnostics;
using System.Runtime.ExceptionServices;
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
    /// <param name="comparer">Scores a case.</param>
    /// <param name="options">Options beside the package's defaults; null: none.</param>
    /// <param name="store">Takes the label maps; null: they are not kept.</param>
    /// <param name="done">Called after each case.</param>
    /// <param name="cancellationToken">Checked once a patch.</param>
    public static IReadOnlyList<CaseScore> Evaluate(
        LoadedModel model, IReadOnlyList<DatasetCase> cases, CaseComparer comparer, SegmentationOptions? options, PredictionFolder? store, Action done,
        CancellationToken cancellationToken)
    {
        SegmentationPipeline pipeline = new();
        IReadOnlyList<CaseScore> scores = Score(
            cases, comparer, store, done, image => pipeline.Run(image, model, options, null, null, cancellationToken).Labels);
        store?.Finish();
        return scores;
    }

    /// <summary>Scores stored label maps, several at once; gives what <see cref="Evaluate"/> gave when they were stored.</summary>
    /// <param name="folder">Where they lie.</param>
    /// <param name="cases">The data set; its other cases are not looked at.</param>
    /// <param name="comparer">Scores a case.</param>
    /// <param name="done">Called after each case, from any thread.</param>
    /// <param name="cancellationToken">Checked once a case.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the data set lacks a case of the list.</exception>
    public static IReadOnlyList<CaseScore> Rescore(
        PredictionFolder folder, IReadOnlyList<DatasetCase> cases, CaseComparer comparer, Action done, CancellationToken cancellationToken)
    {
        IReadOnlyList<PredictedCase> predicted = folder.List.Cases;
        IReadOnlyDictionary<string, DatasetCase> byName = folder.Match(cases);
        CaseScore[] scores = new CaseScore[predicted.Count];
        ForEachCase(scores.Length, n =>
        {
            DatasetCase one = byName[predicted[n].Name];
            scores[n] = comparer.Compare(one, folder.Read(predicted[n]), one.ReadLabels(), predicted[n].Seconds);
            done();
        }, cancellationToken);
        return scores;
    }

    /// <summary>Works on several cases at once; the first fault alone says what to do, the loop packs all of them into one.</summary>
    /// <param name="count">Cases.</param>
    /// <param name="work">Gets the case's place.</param>
    /// <param name="cancellationToken">Checked once a case.</param>
    public static void ForEachCase(int count, Action<int> work, CancellationToken cancellationToken)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, work);
        }
        catch (AggregateException fault) when (fault.InnerException is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    /// <summary>Fits threshold and largest component on cases of their own, then scores it on the same cases as the package.</summary>
    /// <param name="model">Gives the classes.</param>
    /// <param name="fitted">Cases to choose the thresholds on.</param>
    /// <param name="cases">Cases to score.</param>
    /// <param name="comparer">Scores a case.</param>
    /// <param name="components">Components that are kept of each class, in class order; one number serves all.</param>
    /// <param name="done">Called after each case.</param>
    /// <param name="cancellationToken">Checked while fitting.</param>
    public static BaselineReport EvaluateBaseline(
        LoadedModel model, IReadOnlyList<DatasetCase> fitted, IReadOnlyList<DatasetCase> cases, CaseComparer comparer,
        IReadOnlyList<int> components, Action done, CancellationToken cancellationToken)
    {
        ModelClass[] classes = [.. model.Manifest.Classes.Where(c => c.Id > 0)];
        if (components.Count != 1 && components.Count != classes.Length)
            throw new SegmentationException(ErrorCode.InvalidOption, $"One number of components, or one for each of the {classes.Length} classes, is needed.");
        ThresholdBaseline baseline = ThresholdBaseline.Fit(
            [.. fitted.Select(one => one.Read())], [.. classes.Select((c, n) => (c.Id, components[components.Count == 1 ? 0 : n]))], cancellationToken);
        IReadOnlyList<CaseScore> scores = Score(cases, comparer, store: null, done, baseline.Segment);
        return new BaselineReport(baseline.Rules, scores, GroupScore.Of(scores));
    }

    private static CaseScore[] Score(
        IReadOnlyList<DatasetCase> cases, CaseComparer comparer, PredictionFolder? store, Action done, Func<Volume, LabelMap> segment) =>
    [
        .. cases.Select(one =>
        {
            (Volume image, LabelMap truth) = one.Read();
            Stopwatch clock = Stopwatch.StartNew();
            LabelMap labels = one.Named(() => segment(image));
            double seconds = clock.Elapsed.TotalSeconds;
            store?.Add(one.Name, labels, seconds);
            CaseScore score = comparer.Compare(one, labels, truth, seconds);
            done();
            return score;
        }),
    ];
}
