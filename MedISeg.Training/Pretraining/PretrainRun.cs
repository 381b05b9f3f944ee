using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Pretraining;

/// <summary>The run folder of a pre-training: that of a training, with the options of the training it is for beside its own.</summary>
internal static class PretrainRun
{
    private const string TrainingFile = "training.json", EncoderFile = "encoder.safetensors", ImagesFile = "images.txt";
    private static readonly OptionsReader<PretrainOptions> Reader = new("pretrain.schema.json", "pre-training options", options => options.Check());

    /// <summary>Reads pre-training options.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: unknown keys or values that are not allowed; all are named.</exception>
    public static PretrainOptions ReadOptions(string path) => Reader.Read(path);

    /// <inheritdoc cref="ReadOptions" path="/summary"/>
    /// <inheritdoc cref="ReadOptions" path="/exception"/>
    public static PretrainOptions ParseOptions(string json) => Reader.Parse(json);

    /// <inheritdoc cref="OptionsReader{T}.Checked"/>
    public static PretrainOptions Checked(PretrainOptions options) => Reader.Checked(options);

    /// <summary>Opens a folder for a new run.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">Options of the run.</param>
    /// <param name="training">Options of the training that it is for.</param>
    /// <param name="images">What is learned from; a resumed run takes the same.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it holds a run already.</exception>
    public static RunFolder Create(string path, PretrainOptions options, TrainOptions training, IEnumerable<DatasetCase> images)
    {
        RunFolder folder = RunFolder.Create(path, options);
        File.WriteAllLines(Path.Combine(path, ImagesFile), images.Select(image => image.Name));
        File.WriteAllText(Path.Combine(path, TrainingFile), JsonSerializer.Serialize(training, SegmentationOptions.Json));
        return folder;
    }

    /// <summary>Opens the folder of an earlier run.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it holds no run of a pre-training.</exception>
    public static (RunFolder Folder, PretrainOptions Options, TrainOptions Training) Open(string path)
    {
        RunFolder folder = RunFolder.Open(path);
        return (folder, ReadOptions(folder.OptionsPath), TrainOptionsReader.Read(Path.Combine(path, TrainingFile)));
    }

    /// <summary>The images that a run began with, without those that it left out.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="cases">Cases of the data folders.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: not all of them are there.</exception>
    public static IReadOnlyList<DatasetCase> Images(RunFolder folder, IReadOnlyList<DatasetCase> cases)
    {
        string[] names = File.ReadAllLines(Path.Combine(folder.Root, ImagesFile));
        HashSet<string> wanted = [.. names];
        DatasetCase[] images = [.. cases.Where(one => wanted.Contains(one.Name))];
        return images.Length == names.Length ? images : throw new SegmentationException(ErrorCode.InvalidOption,
            $"The run began with {names.Length} images and the data folders hold {images.Length} of them; name the same --data.");
    }

    /// <summary>What to say of an encoder that learned from images which a training is to be judged on.</summary>
    /// <param name="encoder">Path of the encoder; the names of its images are known where it still lies in its run folder.</param>
    /// <param name="heldOut">Validation and test cases of the training.</param>
    /// <returns>null: nothing.</returns>
    public static string? WarningOf(string encoder, IReadOnlyList<DatasetCase> heldOut)
    {
        string names = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(encoder))!, ImagesFile);
        if (!File.Exists(names)) return null;
        HashSet<string> learned = [.. File.ReadAllLines(names)];
        string[] seen = [.. heldOut.Select(one => one.Name).Where(learned.Contains)];
        return seen.Length == 0 ? null
            : $"Warning: the encoder was pre-trained on images of {seen.Length} of the {heldOut.Count} cases that this training is validated or tested on: "
                + $"{DatasetFolder.Names(seen)}. Their scores may flatter it; pre-train with --splits and --fold, which leave them out.";
    }

    /// <summary>Where the encoder of a finished run goes.</summary>
    public static string EncoderPath(RunFolder folder) => Path.Combine(folder.Root, EncoderFile);
}
