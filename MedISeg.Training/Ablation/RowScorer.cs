using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Merging;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Postprocessing;
using MedISeg.Training.Data;
using MedISeg.Training.Evaluation;

namespace MedISeg.Training.Ablation;

/// <summary>Predicts the held-out cases of a row through an exported package and the pipeline that serves it, keeps the label maps, and
/// scores them. Rows with the same training and inference share the label maps. May be used on several threads.</summary>
/// <param name="plan">Seeds, which are given here, and tolerance.</param>
/// <param name="folder">Output.</param>
/// <param name="cases">All cases but those of the test set.</param>
/// <param name="trainings">Exports.</param>
/// <param name="threads">Threads of the network.</param>
internal sealed class RowScorer(AblationPlan plan, AblationFolder folder, IReadOnlyList<DatasetCase> cases, TrainingRunner trainings, int threads)
{
    private readonly ConcurrentDictionary<string, object> _gates = [];

    /// <summary>Seeds whose trainings a row needs.</summary>
    public IReadOnlyList<int> SeedsOf(AblationRow row) => row.Overlay.Ensemble is null ? plan.Seeds! : MemberSeeds();

    /// <summary>The scores of a row on a fold; null: they are not there yet.</summary>
    public FoldScores? Stored(AblationRow row, int fold) => AblationFolder.Read<FoldScores>(ScorePath(row, fold));

    /// <summary>Predicts where label maps are missing, scores, and stores the scores.</summary>
    public FoldScores Score(AblationRow row, int fold, CancellationToken cancellationToken)
    {
        IReadOnlyList<DatasetCase> held = folder.HeldOut(cases, fold);
        TrainingConfig config = row.Training;
        CaseComparer comparer = new(
            config.Options.Classes.Where(c => c.Id > 0).ToDictionary(c => c.Id, c => c.Name), CaseGroups.None, new ScoringOptions { ToleranceMm = plan.ToleranceMm });
        List<IReadOnlyList<CaseScore>> results = [];
        foreach (IReadOnlyList<int> seeds in Results(row))
        {
            CaseScore[] scores = new CaseScore[held.Count];
            for (int n = 0; n < held.Count; n++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (LabelMap labels, double seconds) = Labels(row, fold, seeds, held[n].Name, cancellationToken);
                scores[n] = comparer.Compare(held[n], labels, held[n].ReadLabels(), seconds);
            }
            results.Add(scores);
        }
        FoldScores all = new(row.Name, fold, results);
        AblationFolder.Write(ScorePath(row, fold), all);
        return all;
    }

    /// <summary>The labels of a case by a row with its first seed, as they are scored.</summary>
    public LabelMap LabelsOf(AblationRow row, int fold, string name, CancellationToken cancellationToken) =>
        Labels(row, fold, Results(row)[0], name, cancellationToken).Labels;

    private string ScorePath(AblationRow row, int fold) => folder.ScorePath(
        row, OptionsOverlay.Hash(new JsonArray(row.Key, string.Join(',', SeedsOf(row)), plan.Checkpoint.ToString(), plan.ToleranceMm)), fold);

    private int[] MemberSeeds() => [.. Enumerable.Range(plan.Seeds![0], plan.Members)];

    /// <summary>Seeds of each result: one for each, or all for an ensemble.</summary>
    private IReadOnlyList<IReadOnlyList<int>> Results(AblationRow row) =>
        row.Overlay.Ensemble is null ? [.. plan.Seeds!.Select(seed => (IReadOnlyList<int>)[seed])] : [MemberSeeds()];

    private (LabelMap Labels, double Seconds) Labels(AblationRow row, int fold, IReadOnlyList<int> seeds, string name, CancellationToken cancellationToken)
    {
        IEnumerable<IReadOnlyList<int>> sources = row.Overlay.Ensemble == EnsembleRule.Vote ? seeds.Select(seed => (IReadOnlyList<int>)[seed]) : [seeds];
        List<LabelMap> maps = [];
        double seconds = 0;
        foreach (IReadOnlyList<int> members in sources)
        {
            PredictionFolder predictions = Predictions(row, fold, members, cancellationToken);
            PredictedCase one = predictions.List.Cases.FirstOrDefault(c => c.Name == name) ?? throw new SegmentationException(
                ErrorCode.InvalidOption, "The data folders hold cases that they did not when the folder of --out was begun; name another folder of --out.");
            maps.Add(predictions.Read(one));
            seconds += one.Seconds;
        }
        LabelMap labels = maps.Count == 1 ? maps[0] : MajorityVote.Of(maps, cancellationToken);
        Postprocessors.Default.Apply(labels, row.Steps(), cancellationToken);
        return (labels, seconds);
    }

    private PredictionFolder Predictions(AblationRow row, int fold, IReadOnlyList<int> seeds, CancellationToken cancellationToken)
    {
        string key = OptionsOverlay.Hash(new JsonArray(row.Training.Key, row.Inference.DeepClone(), plan.Checkpoint.ToString()));
        string path = folder.PredictionPath(key, fold, string.Join('-', seeds));
        lock (_gates.GetOrAdd(path, _ => new object()))
        {
            if (!Directory.Exists(path)) Predict(row, fold, seeds, path, cancellationToken);
        }
        return PredictionFolder.Open(path);
    }

    private void Predict(AblationRow row, int fold, IReadOnlyList<int> seeds, string path, CancellationToken cancellationToken)
    {
        string root, draft = path + ".new";
        lock (_gates.GetOrAdd($"{row.Training.Key}/{fold}/{string.Join('-', seeds)}", _ => new object()))
            root = trainings.Export(row.Training, fold, seeds, cancellationToken);
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        using ModelCatalog catalog = new(new ModelCatalogOptions { Root = root, Threads = threads });
        LoadedModel model = catalog.Load(TrainingRunner.PackageName, TrainingRunner.PackageVersion, cancellationToken);
        SegmentationOptions options = row.InferenceOptions();
        PredictionFolder predictions = PredictionFolder.Create(draft, PredictionList.Of(model, row.Training.Options.Data, options, null));
        SegmentationPipeline pipeline = new();
        foreach (DatasetCase one in folder.HeldOut(cases, fold))
        {
            Volume image = one.ReadImage();
            Stopwatch clock = Stopwatch.StartNew();
            LabelMap labels = pipeline.Run(image, model, options, null, null, cancellationToken).Labels;
            predictions.Add(one.Name, labels, clock.Elapsed.TotalSeconds);
        }
        predictions.Finish();
        Directory.Move(draft, path);
    }
}
