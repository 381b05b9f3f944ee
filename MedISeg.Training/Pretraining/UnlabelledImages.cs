using System.Runtime.ExceptionServices;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Preprocessing;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Pretraining;

/// <summary>Images without truth, prepared as a training would and held in memory; owns them.</summary>
internal sealed class UnlabelledImages : IDisposable
{
    private readonly TrainingCase?[] _cases;

    private UnlabelledImages(int count) => _cases = new TrainingCase?[count];

    /// <summary>The images in the order of their files; all voxels are background.</summary>
    public IReadOnlyList<TrainingCase> Cases => [.. _cases.Select(c => c!)];

    /// <summary>Leaves out what must not be seen: the test set of a split, one of its folds, and all cases of the same groups.</summary>
    /// <param name="cases">All cases.</param>
    /// <param name="split">The split; cases that it does not name are kept.</param>
    /// <param name="fold">Fold to leave out; null: the test set alone.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: there is no such fold, or nothing is left.</exception>
    public static IReadOnlyList<DatasetCase> Without(IReadOnlyList<DatasetCase> cases, DataSplit split, int? fold)
    {
        if (fold < 0 || fold >= split.Folds.Count)
            throw new SegmentationException(ErrorCode.InvalidOption, $"There is no fold {fold} in the split; it has folds 0 to {split.Folds.Count - 1}.");
        HashSet<string> names = [.. split.Test, .. fold is { } held ? split.Folds[held] : []];
        HashSet<string> groups = [.. cases.Where(one => names.Contains(one.Name)).Select(one => one.Group)];
        DatasetCase[] kept = [.. cases.Where(one => !groups.Contains(one.Group))];
        return kept.Length > 0 ? kept : throw new SegmentationException(ErrorCode.InvalidOption, "The split leaves no image to learn from; name other folders.");
    }

    /// <summary>Reads and prepares images in parallel.</summary>
    /// <param name="sources">Files; labels are not read.</param>
    /// <param name="training">Grid, intensity steps and inputs.</param>
    /// <param name="loaded">Hears of each image, from any thread.</param>
    /// <param name="cancellationToken">Checked once an image.</param>
    /// <exception cref="SegmentationException">A file cannot be read, or does not have the inputs' channels.</exception>
    public static UnlabelledImages Load(IReadOnlyList<DatasetCase> sources, TrainOptions training, Action loaded, CancellationToken cancellationToken)
    {
        UnlabelledImages set = new(sources.Count);
        Preprocessor preprocessor = new(training.Grid, training.Intensity, training.Network.Dimensionality, training.Inputs.Count);
        try
        {
            Parallel.For(0, sources.Count, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, n =>
            {
                Volume image = sources[n].ReadImage();
                CaseLoader.CheckChannels(sources[n], image, training);
                PreparedImage prepared = preprocessor.Run(image, cancellationToken);
                set._cases[n] = new TrainingCase(prepared.Mapping.Model, prepared.Channels, new byte[prepared.Mapping.Model.Grid.VoxelCount], 1);
                loaded();
            });
            return set;
        }
        catch (Exception fault)
        {
            set.Dispose();
            // The first fault alone says what to do; the loop packs all of them into one.
            if (fault is AggregateException { InnerException: { } first }) ExceptionDispatchInfo.Capture(first).Throw();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (TrainingCase? one in _cases) one?.Dispose();
    }
}
