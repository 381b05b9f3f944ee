using System.Text.Json;
using MedISeg.Tests.Support;
using MedISeg.Training.Losses;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;

namespace MedISeg.Tests.Training.Losses;

/// <summary>The golden logits and labels, and losses of them. 3-D arrays are stored as (y, x, z) and turned to (z, y, x).</summary>
internal static class GoldenLosses
{
    public static NpyFile Read(string path)
    {
        NpyFile file = NpyFile.Golden(path);
        return path.Contains("3d/", StringComparison.Ordinal) ? file.Shape.Count == 4 ? file.Transpose(0, 3, 1, 2) : file.Transpose(0, 1, 4, 2, 3) : file;
    }

    /// <summary>A number of values.json, e.g. <c>values</c>, <c>ce</c>.</summary>
    public static double[] Numbers(string folder, string group, string key)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", folder, "values.json")));
        JsonElement value = document.RootElement.GetProperty(group).GetProperty(key);
        return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => v.GetDouble())] : [value.GetDouble()];
    }

    /// <summary>Value and gradient of a loss of logits and labels.</summary>
    /// <param name="logits">Shape [batch, classes, spatial].</param>
    /// <param name="labels">One number a voxel, in the order of the logits.</param>
    /// <param name="loss">Gets logits and labels [batch, spatial].</param>
    public static (double Value, float[] Gradient) Evaluate(NpyFile logits, byte[] labels, Func<Tensor, Tensor, Tensor> loss)
    {
        long[] shape = [.. logits.Shape.Select(side => (long)side)];
        float[] values = logits.ToFloats(), gradient = new float[values.Length];
        double value = TorchStep.Run(() =>
        {
            Tensor input = tensor(values).view(shape).detach().requires_grad_();
            Tensor result = loss(input, tensor(labels).to_type(ScalarType.Int64).view([shape[0], .. shape[2..]]));
            result.backward();
            input.grad!.contiguous().data<float>().CopyTo(gradient, 0);
            return (double)result.item<float>();
        });
        return (value, gradient);
    }

    /// <summary>Value and gradient of the loss that options describe.</summary>
    public static (double Value, float[] Gradient) Evaluate(NpyFile logits, byte[] labels, LossOptions options, float[]? voxelWeights = null) =>
        Evaluate(logits, labels, (input, classes) =>
        {
            SegmentationLoss loss = new(options, (int)input.shape[1]);
            return loss.Run(input, classes, voxelWeights is null ? null : tensor(voxelWeights).view(classes.shape)).Total;
        });

    /// <summary>Equal within a millionth, element by element.</summary>
    public static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int n = 0; n < expected.Length; n++) Assert.Equal(expected[n], actual[n], 1e-6f);
    }
}
