using System.Globalization;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Weights;

namespace MedISeg.Training.Trainers;

/// <summary>Stores and restores the whole state of a training.</summary>
internal static class Checkpoint
{
    private const int Named = 3;

    /// <summary>Writes weights, running mean of the weights and optimiser state.</summary>
    /// <param name="path">File.</param>
    /// <param name="step">Steps done.</param>
    /// <param name="best">Best validation score so far; NaN: none.</param>
    /// <param name="weights">Weights.</param>
    /// <param name="mean">Running mean of the weights; null: none.</param>
    /// <param name="updater">Optimiser.</param>
    /// <param name="plateau">Schedule.</param>
    /// <param name="notes">Further texts by key; null: none.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>: it cannot be written; an earlier one is as it was.</exception>
    public static void Write(
        string path, int step, double best, NetworkWeights weights, NetworkWeights? mean, WeightUpdater updater, PlateauSchedule plateau,
        IReadOnlyDictionary<string, string>? notes = null)
    {
        List<(string, IReadOnlyList<long>, ReadOnlyMemory<float>)> tensors = [];
        foreach (ParameterInfo p in weights.Parameters) tensors.Add(("weights." + p.Name, p.Shape, weights.Values(p).ToArray()));
        if (mean is not null)
            foreach (ParameterInfo p in mean.Parameters) tensors.Add(("mean." + p.Name, p.Shape, mean.Values(p).ToArray()));
        foreach ((string moment, float[][] values) in updater.Optimiser.Moments)
            for (int n = 0; n < values.Length; n++)
                tensors.Add(($"optimiser.{moment}.{updater.Trainable[n].Name}", updater.Trainable[n].Shape, values[n]));
        try
        {
            SafeTensors.Write(path, tensors, new Dictionary<string, string>(notes ?? new Dictionary<string, string>())
            {
                ["step"] = step.ToString(CultureInfo.InvariantCulture),
                ["best"] = best.ToString("R", CultureInfo.InvariantCulture),
                ["plateau"] = plateau.Store(),
            });
        }
        catch (IOException fault)
        {
            throw new SegmentationException(ErrorCode.TooLarge,
                $"The checkpoint of step {step} could not be written to the run folder; is the disk full? The last checkpoint there is intact: " +
                "make room and continue with --resume.", fault);
        }
    }

    /// <summary>Restores what <see cref="Write"/> stored; changes nothing unless all fits.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: there is no checkpoint, it is damaged, or it is of another
    /// network or optimiser, whose first tensors that differ are named.</exception>
    public static CheckpointState Read(
        string path, NetworkWeights weights, NetworkWeights? mean, WeightUpdater updater, PlateauSchedule plateau)
    {
        (IReadOnlyDictionary<string, NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata) = Open(path);
        CheckpointState state = StateOf(metadata);
        List<(string Name, ParameterInfo Parameter)> wanted = [.. weights.Parameters.Select(p => ("weights." + p.Name, p))];
        if (mean is not null) wanted.AddRange(mean.Parameters.Select(p => ("mean." + p.Name, p)));
        foreach ((string moment, _) in updater.Optimiser.Moments) wanted.AddRange(updater.Trainable.Select(p => ($"optimiser.{moment}.{p.Name}", p)));
        Check(tensors, wanted, all: true);
        foreach (ParameterInfo p in weights.Parameters) tensors["weights." + p.Name].Values.CopyTo(weights.Values(p));
        if (mean is not null)
            foreach (ParameterInfo p in mean.Parameters) tensors["mean." + p.Name].Values.CopyTo(mean.Values(p));
        foreach ((string moment, float[][] values) in updater.Optimiser.Moments)
            for (int n = 0; n < values.Length; n++)
                tensors[$"optimiser.{moment}.{updater.Trainable[n].Name}"].Values.CopyTo(values[n], 0);
        if (metadata.TryGetValue("plateau", out string? schedule)) plateau.Restore(schedule);
        return state;
    }

    /// <summary>Restores the weights to use: the running mean where there is one.</summary>
    /// <param name="path">File.</param>
    /// <param name="weights">Gets them.</param>
    /// <param name="parameters">The tensors to restore; null: all of <paramref name="weights"/>.</param>
    /// <returns>Steps that made them.</returns>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static int ReadWeights(string path, NetworkWeights weights, IReadOnlyList<ParameterInfo>? parameters = null)
    {
        (IReadOnlyDictionary<string, NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata) = Open(path);
        int step = StateOf(metadata).Step;
        string prefix = tensors.Keys.Any(name => name.StartsWith("mean.", StringComparison.Ordinal)) ? "mean." : "weights.";
        (string Name, ParameterInfo Parameter)[] wanted = [.. (parameters ?? weights.Parameters).Select(p => (prefix + p.Name, p))];
        Check(tensors, wanted, all: false);
        foreach ((string name, ParameterInfo p) in wanted) tensors[name].Values.CopyTo(weights.Values(p));
        return step;
    }

    private static (IReadOnlyDictionary<string, NamedTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Open(string path)
    {
        if (!File.Exists(path))
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"The run folder has no checkpoint {Path.GetFileName(path)}: it ended before the first one. Start the training again without --resume.");
        try
        {
            return SafeTensors.ReadTensors(path);
        }
        catch (SegmentationException fault)
        {
            string best = Path.Combine(Path.GetDirectoryName(path)!, "best.safetensors");
            string way = best != path && File.Exists(best) ? "copy best.safetensors over it to go on from the best epoch" : "start the training again";
            throw new SegmentationException(ErrorCode.InvalidOption, $"The checkpoint {Path.GetFileName(path)} is damaged; {way}.", fault);
        }
    }

    private static CheckpointState StateOf(IReadOnlyDictionary<string, string> metadata) =>
        int.TryParse(metadata.GetValueOrDefault("step"), NumberStyles.None, CultureInfo.InvariantCulture, out int step)
        && double.TryParse(metadata.GetValueOrDefault("best"), CultureInfo.InvariantCulture, out double best)
            ? new CheckpointState(step, best) { Notes = metadata }
            : throw new SegmentationException(ErrorCode.InvalidOption, "The file has weights but is no checkpoint of a training; use one of a run folder.");

    private static void Check(IReadOnlyDictionary<string, NamedTensor> tensors, IReadOnlyList<(string Name, ParameterInfo Parameter)> wanted, bool all)
    {
        List<string> faults = [];
        foreach ((string name, ParameterInfo p) in wanted)
            if (!tensors.TryGetValue(name, out NamedTensor? tensor)) faults.Add($"{name} is missing");
            else if (!tensor.Shape.SequenceEqual(p.Shape)) faults.Add($"{name} is [{string.Join(", ", tensor.Shape)}], not [{string.Join(", ", p.Shape)}]");
        if (all) faults.AddRange(tensors.Keys.Except(wanted.Select(w => w.Name)).Select(name => $"{name} belongs to nothing there"));
        if (faults.Count == 0) return;
        string more = faults.Count > Named ? $"; and {faults.Count - Named} more" : "";
        throw new SegmentationException(ErrorCode.InvalidOption,
            $"The checkpoint does not fit the network and optimiser of the options: {string.Join("; ", faults.Take(Named))}{more}. Use the options of that run.");
    }
}

/// <summary>What a checkpoint says beside its tensors.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Best">Best validation score; NaN: none.</param>
internal readonly record struct CheckpointState(int Step, double Best)
{
    /// <summary>All its texts by key.</summary>
    public required IReadOnlyDictionary<string, string> Notes { get; init; }
}
