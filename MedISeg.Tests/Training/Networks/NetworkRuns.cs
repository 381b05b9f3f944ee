using MedISeg.Training.Export;
using MedISeg.Training.Networks;
using MedISeg.Training.Runtime;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace MedISeg.Tests.Training.Networks;

/// <summary>Runs networks on arrays.</summary>
internal static class NetworkRuns
{
    /// <summary>Hash-filled weights.</summary>
    public static NetworkWeights Filled(Network network, bool trainable = false)
    {
        NetworkWeights weights = new(network.Parameters, trainable);
        weights.FillByHash();
        return weights;
    }

    /// <summary>Logits by TorchSharp in evaluation.</summary>
    public static (long[] Shape, float[] Logits) Torch(Network network, NetworkWeights weights, float[] input, params long[] shape) => TorchStep.Run(() =>
    {
        using IDisposable quiet = no_grad();
        Tensor image = Image(input, shape);
        TorchOps ops = new(weights, training: false);
        Tensor logits = network.Run(ops, ops.Arrange(image)).contiguous();
        float[] values = Memory(logits).ToArray();
        GC.KeepAlive(logits);
        return (logits.shape, values);
    });

    /// <summary>Logits by ONNX Runtime of the exported network.</summary>
    public static float[] Onnx(Network network, NetworkWeights weights, float[] input, params long[] shape)
    {
        using InferenceSession session = new(OnnxFile.Write(network, weights.ToArrays()));
        using RunOptions options = new();
        using OrtValue image = OrtValue.CreateTensorValueFromMemory(input, shape);
        using IDisposableReadOnlyCollection<OrtValue> result = session.Run(options, [OnnxFile.Input], [image], [OnnxFile.Output]);
        return result[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>A tensor of an array; inside a step only.</summary>
    public static Tensor Image(ReadOnlySpan<float> input, long[] shape)
    {
        Tensor image = zeros(shape);
        input.CopyTo(Memory(image));
        return image;
    }

    /// <summary>Largest absolute difference divided by the standard deviation of the expected values.</summary>
    public static double Distance(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double sum = 0, squares = 0, largest = 0;
        for (int n = 0; n < expected.Length; n++)
        {
            sum += expected[n];
            squares += (double)expected[n] * expected[n];
            Assert.True(float.IsFinite(actual[n]));
            largest = Math.Max(largest, Math.Abs((double)expected[n] - actual[n]));
        }
        double mean = sum / expected.Length;
        return largest / Math.Sqrt(squares / expected.Length - mean * mean);
    }

    private static unsafe Span<float> Memory(Tensor tensor) =>
        new((void*)TensorMemory.Pointer(tensor), checked((int)tensor.NumberOfElements));
}
