using MedISeg.Imaging.Volumes;
using MedISeg.Training.Networks;
using MedISeg.Training.Runtime;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace MedISeg.Training.Export;

/// <summary>Compares an ONNX file run by ONNX Runtime with the same weights run by TorchSharp.</summary>
internal static class ParityCheck
{
    /// <summary>Largest allowed difference as a fraction of the logits' range.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>Runs both on one pseudo-random input.</summary>
    /// <param name="network">Layers.</param>
    /// <param name="weights">Weights of the TorchSharp side; borrowed.</param>
    /// <param name="onnx">The file.</param>
    /// <param name="batch">Samples.</param>
    /// <param name="sides">Extent; one plane for a 2-D network.</param>
    public static ParityResult Compare(Network network, NetworkWeights weights, byte[] onnx, int batch, GridSize sides)
    {
        int dimensions = network.Options.Dimensionality, channels = network.Options.InputChannels, classes = network.Options.Classes;
        float[] input = new float[batch * channels * sides.VoxelCount];
        HashFill.Fill("parity.input", 2, 0, input);
        long[] shape = TensorShapes.Image(batch, channels, dimensions, sides);
        int outputs = checked(batch * classes * (int)sides.VoxelCount);
        float[] torchLogits = RunTorch(network, weights, input, shape, outputs);
        float[] onnxLogits = RunOnnx(onnx, input, shape, outputs);
        return Compare(torchLogits, onnxLogits, batch, classes, checked((int)sides.VoxelCount));
    }

    /// <summary>Compares two arrays of logits [batch, classes, voxels].</summary>
    public static ParityResult Compare(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int batch, int classes, int voxels)
    {
        float low = float.MaxValue, high = float.MinValue, difference = 0;
        for (int n = 0; n < first.Length; n++)
        {
            low = Math.Min(low, first[n]);
            high = Math.Max(high, first[n]);
            float apart = Math.Abs(first[n] - second[n]);
            difference = apart > difference || float.IsNaN(apart) ? apart : difference;
            if (float.IsNaN(difference)) return new ParityResult(double.NaN, high - low, 0, 0);
        }
        long ties = 0, wrong = 0;
        double near = Tolerance * (high - low);
        for (int sample = 0; sample < batch; sample++)
            for (int voxel = 0; voxel < voxels; voxel++)
            {
                int start = sample * classes * voxels + voxel;
                int a = Largest(first, start, classes, voxels), b = Largest(second, start, classes, voxels);
                if (a == b) continue;
                // Where the two best classes are closer than the tolerance either answer is right.
                if (Math.Abs(first[start + a * voxels] - first[start + b * voxels]) <= 2 * near) ties++;
                else wrong++;
            }
        return new ParityResult(difference, high - low, ties, wrong);
    }

    private static int Largest(ReadOnlySpan<float> logits, int start, int classes, int voxels)
    {
        int best = 0;
        for (int c = 1; c < classes; c++)
            if (logits[start + c * voxels] > logits[start + best * voxels]) best = c;
        return best;
    }

    private static float[] RunTorch(Network network, NetworkWeights weights, float[] input, long[] shape, int outputs)
    {
        float[] values = new float[outputs];
        TorchStep.Run(() =>
        {
            using IDisposable quiet = no_grad();
            Tensor image = zeros(shape);
            input.CopyTo(MemoryOf(image));
            Tensor logits = network.Run(new TorchOps(weights, training: false), image).contiguous();
            MemoryOf(logits).CopyTo(values);
            GC.KeepAlive(image);
            GC.KeepAlive(logits);
        });
        return values;
    }

    private static unsafe Span<float> MemoryOf(Tensor tensor) =>
        new((void*)TensorMemory.Pointer(tensor), checked((int)tensor.NumberOfElements));

    private static float[] RunOnnx(byte[] onnx, float[] input, long[] shape, int outputs)
    {
        using InferenceSession session = new(onnx);
        using RunOptions options = new();
        using OrtValue image = OrtValue.CreateTensorValueFromMemory(input, shape);
        using IDisposableReadOnlyCollection<OrtValue> result = session.Run(options, [OnnxFile.Input], [image], [OnnxFile.Output]);
        ReadOnlySpan<float> logits = result[0].GetTensorDataAsSpan<float>();
        if (logits.Length != outputs) throw new InvalidOperationException($"ONNX Runtime gave {logits.Length} numbers, not {outputs}.");
        return logits.ToArray();
    }
}

/// <summary>How far two runs of one network are apart.</summary>
/// <param name="MaxDifference">Largest absolute difference of logits; NaN where one was not a number.</param>
/// <param name="Range">Largest minus smallest logit.</param>
/// <param name="NearTies">Voxels whose class differs although the two best logits are closer than the tolerance.</param>
/// <param name="WrongVoxels">Other voxels whose class differs.</param>
internal readonly record struct ParityResult(double MaxDifference, double Range, long NearTies, long WrongVoxels)
{
    /// <summary>Whether difference and classes are within the tolerance.</summary>
    public bool Passed => MaxDifference <= ParityCheck.Tolerance * Range && WrongVoxels == 0;
}
