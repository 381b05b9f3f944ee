using System.Text.Json;
using MedISeg.Inference.Options;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Pretraining;

/// <summary>The run folder of a pre-training: that of a training, with the options of the training it is for beside its own.</summary>
internal static class PretrainRun
{
    private const string TrainingFile = "training.json", EncoderFile = "encoder.safetensors";
    private static readonly OptionsReader<PretrainOptions> Reader = new("pretrain.schema.json", "pre-training options", options => options.Check());

    /// <summary>Reads pre-training options.</summary>
    /// <exception cref="Imaging.Errors.SegmentationException">InvalidOption: unknown keys or values that are not allowed; all are named.</exception>
    public static PretrainOptions ReadOptions(string path) => Reader.Read(path);

    /// <inheritdoc cref="ReadOptions" path="/summary"/>
    /// <inheritdoc cref="ReadOptions" path="/exception"/>
    public static PretrainOptions ParseOptions(string json) => Reader.Parse(json);

    /// <summary>Opens a folder for a new run.</summary>
    /// <exception cref="Imaging.Errors.SegmentationException">InvalidOption: it holds a run already.</exception>
    public static RunFolder Create(string path, PretrainOptions options, TrainOptions training)
    {
        RunFolder folder = RunFolder.Create(path, options);
        File.WriteAllText(Path.Combine(path, TrainingFile), JsonSerializer.Serialize(training, SegmentationOptions.Json));
        return folder;
    }

    /// <summary>Opens the folder of an earlier run.</summary>
    /// <exception cref="Imaging.Errors.SegmentationException">InvalidOption: it holds no run of a pre-training.</exception>
    public static (RunFolder Folder, PretrainOptions Options, TrainOptions Training) Open(string path)
    {
        RunFolder folder = RunFolder.Open(path);
        return (folder, ReadOptions(folder.OptionsPath), TrainOptionsReader.Read(Path.Combine(path, TrainingFile)));
    }

    /// <summary>Where the encoder of a finished run goes.</summary>
    public static string EncoderPath(RunFolder folder) => Path.Combine(folder.Root, EncoderFile);
}
