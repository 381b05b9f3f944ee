using System.Numerics.Tensors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Uncertainty;

namespace MedISeg.Inference.Reports;

/// <summary>A map of uncertainty or probability in numbers.</summary>
/// <param name="Output">entropy, variance, disagreement, mutual-information or probability.</param>
/// <param name="Mean">Mean over the image.</param>
/// <param name="Largest">Largest value.</param>
/// <param name="MeanOfLabel">Mean over the voxels of each label of the result that has any.</param>
public sealed record RunUncertainty(string Output, double Mean, double Largest, IReadOnlyDictionary<int, double> MeanOfLabel)
{
    /// <summary>The numbers of a map.</summary>
    internal static RunUncertainty Create(UncertaintyMap map, LabelMap labels)
    {
        ReadOnlySpan<float> values = map.Values.Voxels<float>(0);
        double[] sums = new double[ushort.MaxValue + 1];
        long[] counts = new long[ushort.MaxValue + 1];
        for (int n = 0; n < values.Length; n++)
        {
            int label = labels.IsWide ? labels.Words[n] : labels.Bytes[n];
            sums[label] += values[n];
            counts[label]++;
        }
        Dictionary<int, double> means = [];
        for (int label = 1; label < counts.Length; label++)
            if (counts[label] > 0) means[label] = Round(sums[label] / counts[label]);
        return new RunUncertainty(
            map.Kind.Name(), Round(sums.Sum() / values.Length), Round(TensorPrimitives.Max<float>(values)), means);
    }

    private static double Round(double value) => Math.Round(value, 6);
}
