using MedISeg.Imaging.Metrics;
using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Postprocessing;

namespace MedISeg.Training.Evaluation.PostprocessingSearch;

/// <summary>Chooses post-processing on held-out predictions: a step is accepted only where the mean Dice of the foreground rises, no
/// class falls and more cases get better than worse, each on top of those accepted before.</summary>
/// <remarks>
/// Order: the largest component of all classes together, then of each; smallest volumes for all together, then for each; holes of each. Of
/// several values of one step the best acceptable one is taken, the first one where they are equal. The rule is nnU-Net's
/// (determine_postprocessing); sizes and holes are ours. The steps are run by the code that serves them.
/// </remarks>
internal sealed class StepSearch
{
    private const int MostSizes = 24;

    /// <summary>Where the mean has fallen by so much, larger sizes are not tried.</summary>
    private const double Hopeless = 0.05;

    /// <summary>Smaller differences are rounding.</summary>
    private const double Rounding = 1e-12;

    private readonly IReadOnlyList<SearchCase> _cases;
    private readonly IReadOnlyDictionary<int, string> _names;
    private readonly int[] _labels;
    private readonly string[] _planes;
    private readonly int? _connectivity;
    private readonly Action<PostprocessingTrial> _tried;
    private readonly ParallelOptions _parallel;
    private readonly bool[][] _counts;
    private readonly List<PostprocessingStep> _steps = [];
    private readonly List<PostprocessingTrial> _trials = [];
    private double[][] _dice;

    private StepSearch(
        IReadOnlyList<SearchCase> cases, IReadOnlyDictionary<int, string> names, int dimensionality, int? connectivity,
        Action<PostprocessingTrial> tried, CancellationToken cancellationToken)
    {
        (_cases, _names, _tried) = (cases, names, tried);
        _labels = [.. names.Keys.Order()];
        bool planar = cases.All(c => c.Truth.Geometry.Grid.Depth == 1);
        // A 2-D network on volumes: only what is not said fits both the package and its results.
        _connectivity = connectivity ?? (dimensionality == 3 ? 26 : planar ? 8 : null);
        _planes = planar ? [] : dimensionality == 2 ? ["ji"] : ["ji", "ki", "kj"];
        _parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        _counts = [.. cases.Select(c => _labels.Select(label => SegmentationScores.Compare(c.Prediction, c.Truth, label).Dice is not null).ToArray())];
        _dice = Score(step: null);
    }

    /// <summary>Runs the search.</summary>
    /// <param name="package">Name and version, for the report.</param>
    /// <param name="cases">Held-out cases, at least one; accepted steps change their predictions.</param>
    /// <param name="names">Names of the foreground classes.</param>
    /// <param name="dimensionality">Of the package, 2 or 3: it decides what its options may say.</param>
    /// <param name="connectivity">Of components; null: 26, in planes 8, as the service has it.</param>
    /// <param name="tried">Hears of each trial before it is known whether it is accepted.</param>
    /// <param name="cancellationToken">Checked once a case and trial.</param>
    public static SearchReport Run(
        string package, IReadOnlyList<SearchCase> cases, IReadOnlyDictionary<int, string> names, int dimensionality, int? connectivity,
        Action<PostprocessingTrial> tried, CancellationToken cancellationToken)
    {
        StepSearch search = new(cases, names, dimensionality, connectivity, tried, cancellationToken);
        SearchScore before = search.Sum(search._dice);
        IReadOnlyList<int>[] regions = search._labels.Length > 1 ? [search._labels, .. search._labels.Select(l => new[] { l })] : [search._labels];
        foreach (IReadOnlyList<int> region in regions)
            search.Try([new KeepLargestComponentStep { Labels = region, Joint = region.Count > 1, Connectivity = search._connectivity }]);
        foreach (IReadOnlyList<int> region in regions) search.Try(search.Sizes(region));
        foreach (int label in search._labels) search.Try(search.Holes(label));
        return new SearchReport(1, package, cases.Count, before, search.Sum(search._dice), search._steps, search._trials);
    }

    private PostprocessingStep[] Sizes(IReadOnlyList<int> region)
    {
        bool joint = region.Count > 1;
        double[][] volumes = new double[_cases.Count][];
        Parallel.For(0, _cases.Count, _parallel, n =>
        {
            LabelMap map = _cases[n].Prediction;
            int connectivity = _connectivity ?? (map.Geometry.Grid.Depth == 1 ? 8 : 26);
            volumes[n] = [.. ConnectedComponents.Label(map, region, joint, connectivity).Components.Select(c => c.Size * map.Geometry.VoxelVolumeMm3)];
        });
        return [.. SizeCandidates.Of(volumes.SelectMany(v => v), MostSizes).Select(mm3 =>
            new RemoveSmallComponentsStep { Labels = region, Joint = joint, Connectivity = _connectivity, MinVolumeMm3 = mm3 })];
    }

    private PostprocessingStep[] Holes(int label)
    {
        FillHolesStep whole = new() { Labels = [label], Connectivity = _connectivity };
        return [whole, .. _planes.Select(plane => whole with { Plane = plane, Connectivity = 8 })];
    }

    private void Try(IReadOnlyList<PostprocessingStep> candidates)
    {
        SearchScore before = Sum(_dice);
        int first = _trials.Count, best = -1;
        double[][]? bestDice = null;
        foreach (PostprocessingStep step in candidates)
        {
            double[][] dice = Score(step);
            SearchScore score = Sum(dice);
            double[] changes = [.. dice.Select((row, n) => row.Zip(_dice[n], (after, earlier) => after - earlier).Where(double.IsFinite).Sum())];
            int better = changes.Count(c => c > Rounding), worse = changes.Count(c => c < -Rounding);
            _trials.Add(new PostprocessingTrial(step, before, score, better, worse, Accepted: false));
            _tried(_trials[^1]);
            bool falls = score.Classes.Zip(before.Classes).Any(pair => pair.First.Dice < pair.Second.Dice - Rounding);
            double least = best < 0 ? before.Mean : _trials[best].Score.Mean;
            if (step is RemoveSmallComponentsStep && score.Mean < before.Mean - Hopeless) break;
            if (falls || better <= worse || score.Mean <= least + Rounding) continue;
            (best, bestDice) = (_trials.Count - 1, dice);
        }
        if (best < first) return;
        PostprocessingStep accepted = _trials[best].Step;
        _trials[best] = _trials[best] with { Accepted = true };
        _steps.Add(accepted);
        _dice = bestDice!;
        Parallel.ForEach(_cases, _parallel, one => Postprocessors.Default.Apply(one.Prediction, [accepted], _parallel.CancellationToken));
    }

    /// <summary>Dice of each case and class with one step more; not a number where neither truth nor first prediction holds the class.</summary>
    private double[][] Score(PostprocessingStep? step)
    {
        double[][] dice = new double[_cases.Count][];
        Parallel.For(0, _cases.Count, _parallel, n =>
        {
            LabelMap map = _cases[n].Prediction;
            if (step is not null)
            {
                map = map.IsWide ? new LabelMap(map.Geometry, map.Words.ToArray()) : new LabelMap(map.Geometry, map.Bytes.ToArray());
                Postprocessors.Default.Apply(map, [step], _parallel.CancellationToken);
            }
            // A false alarm that is removed leaves two empty maps, which agree: 1, not undefined, or the means would be of other cases.
            dice[n] = [.. _labels.Select((label, c) =>
                _counts[n][c] ? SegmentationScores.Compare(map, _cases[n].Truth, label).Dice ?? 1 : double.NaN)];
        });
        return dice;
    }

    private SearchScore Sum(double[][] dice)
    {
        ClassDice[] classes = [.. _labels.Select((label, c) =>
        {
            double[] defined = [.. dice.Select(row => row[c]).Where(d => !double.IsNaN(d))];
            return new ClassDice(label, _names[label], defined.Length, defined.Length == 0 ? null : defined.Average());
        })];
        return new SearchScore(classes.Where(c => c.Dice is not null).Select(c => c.Dice!.Value).DefaultIfEmpty(0).Average(), classes);
    }
}
