using MedISeg.Imaging.Errors;
using MedISeg.Training.Losses;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Data.Synthetic;

/// <summary>Synthetic pairs in memory, and the chance that says when one takes the place of a case; owns them.</summary>
internal sealed class SyntheticPairs : IDisposable
{
    private const int Stream = 5;
    private readonly SyntheticOptions _options;

    /// <summary>Keeps the pairs.</summary>
    /// <param name="pairs">At least one; in compat mode one a case, in the order of the cases.</param>
    /// <param name="options">Chance and mode.</param>
    public SyntheticPairs(IReadOnlyList<TrainingCase> pairs, SyntheticOptions options)
    {
        Pairs = pairs;
        _options = options;
    }

    /// <summary>The pairs; borrowed.</summary>
    public IReadOnlyList<TrainingCase> Pairs { get; }

    /// <summary>Reads the pairs of a folder.</summary>
    /// <param name="folder">Laid out as a data folder, with a manifest that was checked.</param>
    /// <param name="options">Resolved options of the training; they ask for synthetic pairs.</param>
    /// <param name="cases">Training cases; compat mode takes their truth.</param>
    /// <param name="cancellationToken">Checked once a pair.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: pairs do not fit the options, or in compat mode the cases;
    /// a file cannot be read.</exception>
    public static SyntheticPairs Load(string folder, TrainOptions options, IReadOnlyList<TrainingCase> cases, CancellationToken cancellationToken)
    {
        SyntheticOptions synthetic = options.Augmentation.Synthetic!;
        bool prepared = SyntheticManifest.Read(folder).Options is not null, compat = synthetic.Mode == DefectMode.Compat;
        // Pairs are in a folder of their own layout and names; how values are read is that of the cases.
        IReadOnlyList<DatasetCase> sources = DatasetFolder.List(
            folder, prepared ? null : options.Data with { Format = null, GroupPattern = null, KindPattern = null, Exclude = [] });
        if (compat && sources.Count < cases.Count)
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"augmentation.synthetic.mode compat needs a synthetic pair for each of {cases.Count} cases; there are {sources.Count}. Add pairs or choose fixed.");
        CaseLoader loader = new(options);
        List<TrainingCase> pairs = [];
        try
        {
            for (int n = 0; n < (compat ? cases.Count : sources.Count); n++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                TrainingCase pair = prepared ? loader.LoadPrepared(sources[n]) : loader.Load(sources[n], cancellationToken);
                pair.Name = $"synthetic {sources[n].Name}";
                pairs.Add(pair);
                if (compat)
                    using (pair) pairs[n] = WithTruthOf(cases[n], pair, n, options.Classes.Count);
            }
            return new SyntheticPairs(pairs, synthetic);
        }
        catch
        {
            foreach (TrainingCase pair in pairs) pair.Dispose();
            throw;
        }
    }

    /// <summary>The pair that takes the place of a case in a sample; null: the case stays.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="sample">Number of the sample from the start of the run.</param>
    /// <param name="drawn">Number of the case that was drawn.</param>
    public TrainingCase? Draw(long seed, long sample, int drawn)
    {
        // Numbers of their own: samples that are not swapped are those of a training without pairs.
        SeededRandom random = new(seed, sample, Stream);
        if (random.NextDouble() >= _options.Probability) return null;
        return Pairs[_options.Mode == DefectMode.Compat ? drawn : random.NextInt(Pairs.Count)];
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (TrainingCase pair in Pairs) pair.Dispose();
    }

    private static TrainingCase WithTruthOf(TrainingCase source, TrainingCase pair, int number, int classes)
    {
        if (pair.Grid != source.Grid)
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"augmentation.synthetic.mode compat lays synthetic image {number} under the truth of case {number}: {pair.Grid} and {source.Grid} differ. " +
                "Make pairs of the size of the cases or choose fixed.");
        return new TrainingCase(source.Geometry, [.. Enumerable.Range(0, pair.Channels).Select(pair.ToFloats)], source.Classes, classes) { Name = pair.Name };
    }
}
