using System.Globalization;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;

namespace MedISeg.Training.Trainers;

/// <summary>Stores and restores the whole state of a training.</summary>
internal static class Checkpoint
{
    /// <summary>Writes weights, running mean of the weights and optimiser state.</summary>
    /// <param name="path">File.</param>
    /// <param name="step">Steps done.</param>
    /// <param name="best">Best validation score so far; NaN: none.</param>
    /// <param name="weights">Weights.</param>
    /// <param name="mean">Running mean of the weights; null: none.</param>
    /// <param name="updater">Optimiser.</param>
    /// <param name="plateau">Schedule.</param>
    public static void Write(
        string path, int step, double best, NetworkWeights weights, NetworkWeights? mean, WeightUpdater updater, PlateauSchedule plateau)
    {
        List<(string, IReadOnlyList<long>, ReadOnlyMemory<float>)> tensors = [];
        foreach (ParameterInfo p in weights.Parameters) tensors.Add(("weights." + p.Name, p.Shape, weights.Values(p).ToArray()));
        if (mean is not null)
            foreach (ParameterInfo p in mean.Parameters) tensors.Add(("mean." + p.Name, p.Shape, mean.Values(p).ToArray()));
        foreach ((string moment, float[][] values) in updater.Optimiser.Moments)
            for (int n = 0; n < values.Length; n++)
                tensors.Add(($"optimiser.{moment}.{updater.Trainable[n].Name}", updater.Trainable[n].Shape, values[n]));
        SafeTensors.Write(path, tensors, new Dictionary<string, string>
        {
            ["step"] = step.ToString(CultureInfo.InvariantCulture),
            ["best"] = best.ToString("R", CultureInfo.InvariantCulture),
            ["plateau"] = plateau.Store(),
        });
    }

    /// <summary>Restores what <see cref="Write"/> stored.</summary>
    /// <returns>Steps done and best validation score.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the checkpoint is of another network or optimiser.</exception>
    public static (int Step, double Best) Read(
        string path, NetworkWeights weights, NetworkWeights? mean, WeightUpdater updater, PlateauSchedule plateau)
    {
        (IReadOnlyDictionary<string, float[]> tensors, IReadOnlyDictionary<string, string> metadata) = SafeTensors.Read(path);
        foreach (ParameterInfo p in weights.Parameters) Copy(tensors, "weights." + p.Name, weights.Values(p));
        if (mean is not null)
            foreach (ParameterInfo p in mean.Parameters) Copy(tensors, "mean." + p.Name, mean.Values(p));
        foreach ((string moment, float[][] values) in updater.Optimiser.Moments)
            for (int n = 0; n < values.Length; n++)
                Copy(tensors, $"optimiser.{moment}.{updater.Trainable[n].Name}", values[n]);
        if (metadata.TryGetValue("plateau", out string? schedule)) plateau.Restore(schedule);
        return (int.Parse(metadata["step"], CultureInfo.InvariantCulture), double.Parse(metadata["best"], CultureInfo.InvariantCulture));
    }

    /// <summary>Restores the weights to use: the running mean where there is one.</summary>
    /// <param name="path">File.</param>
    /// <param name="weights">Gets them.</param>
    /// <param name="parameters">The tensors to restore; null: all of <paramref name="weights"/>.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the checkpoint is of another network.</exception>
    public static void ReadWeights(string path, NetworkWeights weights, IReadOnlyList<ParameterInfo>? parameters = null)
    {
        (IReadOnlyDictionary<string, float[]> tensors, _) = SafeTensors.Read(path);
        string prefix = tensors.Keys.Any(name => name.StartsWith("mean.", StringComparison.Ordinal)) ? "mean." : "weights.";
        foreach (ParameterInfo p in parameters ?? weights.Parameters) Copy(tensors, prefix + p.Name, weights.Values(p));
    }

    private static void Copy(IReadOnlyDictionary<string, float[]> tensors, string name, Span<float> target)
    {
        if (!tensors.TryGetValue(name, out float[]? values) || values.Length != target.Length)
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"The checkpoint does not fit the options: {name} is missing or has another size. Resume with the options of that run.");
        values.CopyTo(target);
    }
}
