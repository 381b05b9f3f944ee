using System.Runtime.ExceptionServices;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Inference.Preprocessing;
using MedISeg.Training.Data;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Pretraining;

/// <summary>Images without truth, prepared as a training would and held in memory; owns them.</summary>
internal sealed class UnlabelledImages : IDisposable
{
    private static readonly string[] Endings = [".nii.gz", ".nii"];
    private readonly TrainingCase?[] _cases;

    private UnlabelledImages(int count) => _cases = new TrainingCase?[count];

    /// <summary>The images in the order of their files; all voxels are background.</summary>
    public IReadOnlyList<TrainingCase> Cases => [.. _cases.Select(c => c!)];

    /// <summary>Image files of a folder, sorted: those of its folder images where it has one, else its own. Labels are not needed.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: there is none.</exception>
    public static IReadOnlyList<string> List(string folder)
    {
        string inner = Path.Combine(folder, "images"), path = Directory.Exists(inner) ? inner : folder;
        string[] files = Directory.Exists(path)
            ? [.. Directory.EnumerateFiles(path).Where(file => Endings.Any(e => file.EndsWith(e, StringComparison.Ordinal))).Order(StringComparer.Ordinal)]
            : [];
        return files.Length > 0 ? files : throw new SegmentationException(ErrorCode.InvalidOption,
            "The data folder has no images/*.nii.gz and no *.nii.gz; name another folder.");
    }

    /// <summary>Reads and prepares images in parallel.</summary>
    /// <param name="files">Files.</param>
    /// <param name="training">Grid, intensity steps and inputs.</param>
    /// <param name="loaded">Hears of each image, from any thread.</param>
    /// <param name="cancellationToken">Checked once an image.</param>
    /// <exception cref="SegmentationException">A file cannot be read, or does not have the inputs' channels.</exception>
    public static UnlabelledImages Load(IReadOnlyList<string> files, TrainOptions training, Action loaded, CancellationToken cancellationToken)
    {
        UnlabelledImages set = new(files.Count);
        Preprocessor preprocessor = new(training.Grid, training.Intensity, training.Network.Dimensionality, training.Inputs.Count);
        try
        {
            Parallel.For(0, files.Count, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, n =>
            {
                PreparedImage image = preprocessor.Run(CaseLoader.Read(files[n], NiftiReader.Read), cancellationToken);
                set._cases[n] = new TrainingCase(image.Mapping.Model, image.Channels, new byte[image.Mapping.Model.Grid.VoxelCount], 1);
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
