using System.Globalization;
using MedISeg.Benchmarks.Targets;
using MedISeg.Training.Export;
using MedISeg.Training.Networks;
using Microsoft.ML.OnnxRuntime;

namespace MedISeg.Benchmarks.Rewrites;

/// <summary>Measures whether a network runs faster on the processor when its layers are written as other nodes: both graphs in turns, one thread.</summary>
internal static class RewritesCommand
{
    /// <summary>First argument.</summary>
    public const string Verb = "rewrites";

    /// <summary>Prints a line for each rewrite that finds something in a network.</summary>
    /// <param name="models">Folder of the packages.</param>
    /// <param name="rounds">Alternating calls, of which the smallest counts.</param>
    public static int Run(string models, int rounds)
    {
        foreach ((string network, byte[] file, byte[]? slices, long[] shape) in Networks(models))
        {
            float[] image = new float[shape.Aggregate((product, side) => product * side)];
            HashFill.Fill("rewrites", 2, 0, image);
            using InferenceSession plain = Session(file);
            if (slices is not null) Compare(network, "3-D convolution as 2-D over slices (--over-slices)", plain, slices, image, shape, rounds, true);
            foreach ((string name, GraphEditor.Rule rule, bool sameValues) in GraphRewrites.All)
            {
                (byte[] rewritten, int replaced) = GraphEditor.Apply(file, rule);
                if (replaced > 0) Compare(network, name, plain, rewritten, image, shape, rounds, sameValues);
            }
        }
        return 0;
    }

    private static void Compare(
        string network, string name, InferenceSession plain, byte[] rewritten, float[] image, long[] shape, int rounds, bool sameValues)
    {
        using InferenceSession other = Session(rewritten);
        double before = double.PositiveInfinity, after = double.PositiveInfinity;
        float apart = 0, range = 0;
        for (int n = 0; n <= rounds; n++)
        {
            (float[] expected, double first) = Call(plain, image, shape);
            (float[] values, double second) = Call(other, image, shape);
            apart = expected.Zip(values, (a, b) => Math.Abs(a - b)).Max();
            range = expected.Max() - expected.Min();
            // The first calls ask for memory.
            if (n > 0) (before, after) = (Math.Min(before, first), Math.Min(after, second));
        }
        string distance = sameValues ? string.Create(CultureInfo.InvariantCulture, $"apart {apart / range:E1} of the range") : "other values";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{network,-26} {name,-62} {before,7:F3} s {after,7:F3} s  ratio {before / after:F3}  {distance}"));
    }

    private static IEnumerable<(string Name, byte[] File, byte[]? Slices, long[] Shape)> Networks(string models)
    {
        byte[] hippocampus = File.ReadAllBytes(Path.Combine(models, "hippocampus", "1", "member-0.onnx"));
        yield return ("hippocampus, 40x56x40", hippocampus,
            OnnxFile.Write(Network.Of(new UNetOptions { Classes = 3, Features = [16, 32, 64, 120] }), OnnxFile.ReadWeights(hippocampus), overSlices: true), [1, 1, 40, 56, 40]);
        yield return ("nuclei, 192x192", File.ReadAllBytes(Path.Combine(models, "nuclei", "1", "member-0.onnx")), null, [1, 1, 192, 192]);
        foreach (NormKind norm in (NormKind[])[NormKind.Instance, NormKind.Group, NormKind.Batch])
            yield return Fresh($"3-D 32..320 {norm}, 64^3", new UNetOptions { Features = [32, 64, 128, 256, 320], Classes = 3, Norm = norm }, [1, 1, 64, 64, 64]);
        yield return Fresh("2-D 32..512 batch, 256^2", new UNetOptions { Dimensionality = 2, Features = [32, 64, 128, 256, 512], Norm = NormKind.Batch }, [1, 1, 256, 256]);
        yield return Fresh("plain U-Net, 256^2", new UNetOptions { Kind = NetworkKind.PlainUNet, Dimensionality = 2 }, [1, 1, 256, 256]);
    }

    private static (string Name, byte[] File, byte[]? Slices, long[] Shape) Fresh(string name, UNetOptions options, long[] shape)
    {
        Network network = Network.Of(options);
        using NetworkWeights weights = new(network.Parameters, trainable: false);
        weights.Initialise(seed: 7);
        IReadOnlyDictionary<string, float[]> values = weights.ToArrays();
        return (name, OnnxFile.Write(network, values), options.Dimensionality == 3 ? OnnxFile.Write(network, values, overSlices: true) : null, shape);
    }

    private static InferenceSession Session(byte[] file)
    {
        // The rewrites leave weights that nothing uses, which the runtime would warn of.
        using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        return new InferenceSession(file, options);
    }

    private static (float[] Values, double Seconds) Call(InferenceSession session, float[] image, long[] shape)
    {
        using RunOptions options = new();
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(image, shape);
        double before = ThreadClock.Seconds;
        using IDisposableReadOnlyCollection<OrtValue> result = session.Run(options, [OnnxFile.Input], [input], [OnnxFile.Output]);
        return (result[0].GetTensorDataAsSpan<float>().ToArray(), ThreadClock.Seconds - before);
    }
}
