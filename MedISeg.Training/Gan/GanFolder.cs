using System.Globalization;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Training.Data.Synthetic;
using MedISeg.Training.Networks;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Gan;

/// <summary>Files of one run of train-gan: options.json, train.json, synthetic.json, metrics.csv, checkpoints/last.safetensors, examples.png and pairs.</summary>
internal sealed class GanFolder
{
    private const string Header = "step,l1,adversarial,discriminator,seconds";
    private static readonly JsonSerializerOptions Indented = new(SegmentationOptions.Json) { WriteIndented = true };

    private GanFolder(string path) => Root = path;

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>A picture of masks, made and real images.</summary>
    public string ExamplesPath => Path.Combine(Root, "examples.png");

    /// <summary>The pairs, for <c>train --synthetic</c>.</summary>
    public string PairsPath => Path.Combine(Root, "pairs");

    private string OptionsPath => Path.Combine(Root, "options.json");

    private string TrainingPath => Path.Combine(Root, "train.json");

    private string MetricsPath => Path.Combine(Root, "metrics.csv");

    private string LastPath => Path.Combine(Root, "checkpoints", "last.safetensors");

    /// <summary>Opens a folder for a new run.</summary>
    /// <param name="path">Made where it is missing.</param>
    /// <param name="training">Resolved options of the training that the pairs are for.</param>
    /// <param name="gan">Options that fit it.</param>
    /// <param name="manifest">The cases that the run learns from.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it holds a run already.</exception>
    public static GanFolder Create(string path, TrainOptions training, GanOptions gan, SyntheticManifest manifest)
    {
        GanFolder folder = new(path);
        // A run that ended before its first checkpoint may be started again.
        if (File.Exists(folder.LastPath))
            throw new SegmentationException(ErrorCode.InvalidOption, "The run folder holds a run already; resume it or name another folder.");
        Directory.CreateDirectory(Path.Combine(path, "checkpoints"));
        File.WriteAllText(folder.TrainingPath, JsonSerializer.Serialize(training, Indented));
        File.WriteAllText(folder.OptionsPath, JsonSerializer.Serialize(gan, Indented));
        File.WriteAllText(folder.MetricsPath, Header + "\n");
        manifest.Write(path);
        return folder;
    }

    /// <summary>Opens the folder of an earlier run.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it holds no run that can go on.</exception>
    public static GanFolder Open(string path)
    {
        GanFolder folder = new(path);
        if (!File.Exists(folder.OptionsPath) || !File.Exists(folder.LastPath))
            throw new SegmentationException(ErrorCode.InvalidOption, "There is no checkpoint of train-gan in the run folder; start anew without --resume.");
        return folder;
    }

    /// <summary>Options of the run.</summary>
    public (TrainOptions Training, GanOptions Gan) ReadOptions() => (TrainOptionsReader.Read(TrainingPath), GanOptionsReader.Read(OptionsPath));

    /// <summary>Adds a line to metrics.csv.</summary>
    public void Append(int step, GanLosses losses, TimeSpan elapsed) => File.AppendAllText(MetricsPath, string.Create(CultureInfo.InvariantCulture,
        $"{step},{losses.L1:G6},{losses.Adversarial:G6},{losses.Discriminator:G6},{elapsed.TotalSeconds:F1}\n"));

    /// <summary>Writes the whole state.</summary>
    public void Store(int step, GanNetworks networks)
    {
        List<(string, IReadOnlyList<long>, ReadOnlyMemory<float>)> tensors = [.. networks.State().Select(entry =>
            (entry.Name, entry.Parameter.Shape, entry.Moment ?? (ReadOnlyMemory<float>)networks.Values(entry.Parameter).ToArray()))];
        SafeTensors.Write(LastPath, tensors, new Dictionary<string, string> { ["step"] = step.ToString(CultureInfo.InvariantCulture) });
    }

    /// <summary>Restores the state and drops metrics of steps that will be made again.</summary>
    /// <returns>Steps done.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the checkpoint is damaged or of other networks.</exception>
    public int Restore(GanNetworks networks)
    {
        (IReadOnlyDictionary<string, float[]> tensors, IReadOnlyDictionary<string, string> metadata) = SafeTensors.Read(LastPath);
        foreach ((ParameterInfo parameter, string name, Memory<float>? moment) in networks.State())
        {
            if (!tensors.TryGetValue(name, out float[]? values) || values.Length != parameter.Count) throw Unfit();
            values.CopyTo(moment is { } memory ? memory.Span : networks.Values(parameter));
        }
        if (!metadata.TryGetValue("step", out string? text) || !int.TryParse(text, CultureInfo.InvariantCulture, out int step)) throw Unfit();
        RunFolder.DropLinesAfter(MetricsPath, Header, step);
        return step;

        static SegmentationException Unfit() => new(
            ErrorCode.InvalidOption, "The checkpoint does not fit the options of its run folder; start anew in another folder.");
    }
}
