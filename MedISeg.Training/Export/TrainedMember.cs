using System.Globalization;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Networks;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Export;

/// <summary>A finished run, ready to become a member of a package.</summary>
/// <param name="Folder">The run.</param>
/// <param name="Options">Its options.</param>
/// <param name="Network">Its layers.</param>
/// <param name="Onnx">Its weights and layers as an ONNX file.</param>
internal sealed record TrainedMember(RunFolder Folder, TrainOptions Options, Network Network, byte[] Onnx)
{
    /// <summary>Reads a run, writes it as ONNX and compares both on several sides.</summary>
    /// <param name="path">Run folder.</param>
    /// <param name="checkpoint">best, last, or null: the best one where there is one.</param>
    /// <param name="overSlices">As of <see cref="OnnxFile.Write"/>.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: no run or checkpoint there, or no parity.</exception>
    public static TrainedMember Read(string path, string? checkpoint, bool overSlices = false)
    {
        RunFolder folder = RunFolder.Open(path);
        TrainOptions options = folder.ReadOptions();
        string file = checkpoint switch
        {
            "best" => folder.BestPath,
            "last" => folder.LastPath,
            _ => folder.ExportPath,
        };
        if (!File.Exists(file)) throw new SegmentationException(ErrorCode.InvalidOption, "The run has no such checkpoint yet; train it first.");
        Network network = Network.Of(options.NetworkWithChannels());
        using NetworkWeights weights = new(network.Parameters, trainable: false);
        if (Checkpoint.ReadWeights(file, weights) == 0)
            throw new SegmentationException(ErrorCode.InvalidOption, "The run has not been trained beyond its first weights; resume it first.");
        byte[] onnx = OnnxFile.Write(network, weights.ToArrays(), overSlices);
        foreach (ParityCase sides in ParityCase.For(network.Options, options.Patch()))
        {
            ParityResult parity = ParityCheck.Compare(network, weights, onnx, sides.Batch, sides.Sides);
            if (!parity.Passed)
                throw new SegmentationException(ErrorCode.InvalidOption, $"ONNX Runtime does not repeat TorchSharp's logits on {sides}: {parity}.");
        }
        return new TrainedMember(folder, options, network, onnx);
    }

    /// <summary>Best validation Dice in metrics.csv; null: nothing was validated.</summary>
    public double? BestValidationDice()
    {
        double[] scores = [.. File.ReadLines(Folder.MetricsPath).Skip(1)
            .Select(line => line.Split(','))
            .Where(cells => cells.Length > 6 && cells[6].Length > 0)
            .Select(cells => double.Parse(cells[6], CultureInfo.InvariantCulture))];
        return scores.Length == 0 ? null : scores.Max();
    }
}
