using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;

namespace MedISeg.Training.Evaluation.PostprocessingSearch;

/// <summary>Predictions of cases that their network has not seen, without post-processing; never of the test set.</summary>
internal static class HeldOutCases
{
    /// <summary>Cases with the members that have not seen them in training, without post-processing.</summary>
    /// <param name="manifest">The package.</param>
    /// <param name="cases">All cases of the data folder.</param>
    /// <param name="split">Says which cases a fold is.</param>
    /// <param name="fold">The fold alone; null: all that members held out. Where no member says its fold, all of them held this one out.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: a member does not say its fold, or no case of the folds is there.</exception>
    public static IReadOnlyList<(DatasetCase Case, SegmentationOptions Options)> Of(
        ModelManifest manifest, IReadOnlyList<DatasetCase> cases, DataSplit split, int? fold)
    {
        int?[] held = [.. manifest.Members.Select(member => member.Fold)];
        if (fold is not null && held.All(one => one is null)) Array.Fill(held, fold);
        if (held.Contains(null))
            throw Fault("The package does not say which fold each member held out; predict each fold by evaluate --no-postprocessing --predictions and name the folders");
        (DatasetCase, SegmentationOptions)[] work =
        [
            .. held.Select((own, place) => (own, place)).Where(m => fold is null || m.own == fold).GroupBy(m => m.own!.Value, m => m.place).OrderBy(g => g.Key).SelectMany(group =>
            {
                SegmentationOptions options = new()
                {
                    Postprocessing = [], Ensemble = new EnsembleOptions { Members = [.. group.Select(place => $"{place}")] },
                };
                return split.Of(cases, group.Key).Validation.Select(one => (one, options));
            }),
        ];
        return work.Length > 0 ? work : throw Fault("The data folder holds no case of the folds that the package's members held out");
    }

    /// <summary>Predicts the fold that each member held out, by the members that held it out.</summary>
    /// <param name="model">The package.</param>
    /// <param name="cases">All cases of the data folder.</param>
    /// <param name="split">Says which cases a fold is.</param>
    /// <param name="show">Shows progress: gets the number of cases and work that calls back after each.</param>
    /// <param name="cancellationToken">Checked once a patch.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: a member does not say its fold, or no case of the folds is there.</exception>
    public static IReadOnlyList<SearchCase> Predict(
        LoadedModel model, IReadOnlyList<DatasetCase> cases, DataSplit split, Action<int, Action<Action>> show, CancellationToken cancellationToken)
    {
        IReadOnlyList<(DatasetCase, SegmentationOptions)> work = Of(model.Manifest, cases, split, fold: null);
        SegmentationPipeline pipeline = new();
        List<SearchCase> found = [];
        show(work.Count, done =>
        {
            foreach ((DatasetCase one, SegmentationOptions options) in work)
            {
                (Volume image, LabelMap truth) = one.Read();
                found.Add(new SearchCase(one.Name, pipeline.Run(image, model, options, null, null, cancellationToken).Labels, truth));
                done();
            }
        });
        return found;
    }

    /// <summary>Reads predictions that <c>evaluate --no-postprocessing --predictions</c> has stored, several at once.</summary>
    /// <param name="folders">One a fold.</param>
    /// <param name="manifest">The package that the steps are for.</param>
    /// <param name="list">Lists the cases of the data folder for a way to read them.</param>
    /// <param name="split">Names the test set; null: only what the folders say is checked.</param>
    /// <param name="show">As in <see cref="Predict"/>.</param>
    /// <param name="cancellationToken">Checked once a case.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: predictions of the test set or of training cases, with post-processing, of other
    /// classes, or two of one case.</exception>
    public static IReadOnlyList<SearchCase> Read(
        IReadOnlyList<string> folders, ModelManifest manifest, Func<DataOptions, IReadOnlyList<DatasetCase>> list, DataSplit? split,
        Action<int, Action<Action>> show, CancellationToken cancellationToken)
    {
        PredictionFolder[] opened = [.. folders.Select(PredictionFolder.Open)];
        (PredictionFolder Folder, PredictedCase Predicted, DatasetCase Case)[] work = [.. opened.SelectMany(folder =>
        {
            Check(folder.List, manifest, split);
            IReadOnlyDictionary<string, DatasetCase> byName = folder.Match(list(folder.List.Reading));
            return folder.List.Cases.Select(one => (folder, one, byName[one.Name]));
        })];
        if (work.DistinctBy(w => w.Predicted.Name).Count() != work.Length)
            throw Fault("A case lies in two of the folders of predictions; name one folder a fold, so that each case counts once");
        if (work.Length == 0) throw Fault("The folders of predictions hold no case");
        SearchCase[] found = new SearchCase[work.Length];
        show(work.Length, done => PackageEvaluator.ForEachCase(work.Length, n =>
        {
            found[n] = new SearchCase(work[n].Case.Name, work[n].Folder.Read(work[n].Predicted), work[n].Case.ReadLabels());
            done();
        }, cancellationToken));
        return found;
    }

    private static void Check(PredictionList list, ModelManifest manifest, DataSplit? split)
    {
        if (list.Part == "test" || list.Cases.Any(one => split?.Test.Contains(one.Name) == true))
            throw Fault("These are predictions of the test set, on which no choice is made; predict the held-out folds");
        if (list.Part == "training")
            throw Fault("These are predictions of cases that the network was trained on, which says nothing of new ones; predict the held-out folds");
        if (list.Postprocessing.Count > 0)
            throw Fault("The predictions have gone through post-processing; make them by evaluate --no-postprocessing --predictions");
        int[] ids = [.. manifest.Classes.Select(c => c.Id).Where(id => id > 0).Order()];
        if (!list.Classes.Select(c => c.Id).Order().SequenceEqual(ids))
            throw Fault($"The predictions are of other classes than the package's {string.Join(", ", ids)}");
    }

    private static SegmentationException Fault(string message) => new(ErrorCode.InvalidOption, message + ".");
}
