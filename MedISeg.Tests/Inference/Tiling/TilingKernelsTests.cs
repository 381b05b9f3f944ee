using System.Numerics;
using MedISeg.Inference.Tiling;
using MedISeg.Inference.WayBack;

namespace MedISeg.Tests.Inference.Tiling;

[Trait("Category", "Kernel")]
public sealed class TilingKernelsTests
{
    public static TheoryData<int> Lengths { get; } = [0, 1, Vector<float>.Count - 1, Vector<float>.Count, Vector<float>.Count + 1, 37, 128];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void AddBlended_AnyLength_EqualsItsScalarTwin(int length)
    {
        float[] scores = Values(length, 1), factors = Values(length, 2), vector = Values(length, 3), scalar = Values(length, 3);
        TilingKernels.AddBlended(scores, factors, 0.7f, 0.1f, vector);
        TilingKernels.AddBlendedScalar(scores, factors, 0.7f, 0.1f, scalar);
        Assert.Equal(scalar, vector);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void WriteBlended_AnyLength_EqualsItsScalarTwinAndIsWhatAddBlendedMakesOfZero(int length)
    {
        float[] scores = Values(length, 1), factors = Values(length, 2), vector = Values(length, 3), scalar = new float[length], added = new float[length];
        TilingKernels.WriteBlended(scores, factors, 0.7f, 0.1f, vector);
        TilingKernels.WriteBlendedScalar(scores, factors, 0.7f, 0.1f, scalar);
        TilingKernels.AddBlended(scores, factors, 0.7f, 0.1f, added);
        Assert.Equal(scalar, vector);
        Assert.Equal(added, vector);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void AddWeights_AnyLength_EqualsItsScalarTwin(int length)
    {
        float[] factors = Values(length, 1), vector = Values(length, 3), scalar = Values(length, 3);
        TilingKernels.AddWeights(factors, 0.7f, 0.1f, vector);
        TilingKernels.AddWeightsScalar(factors, 0.7f, 0.1f, scalar);
        Assert.Equal(scalar, vector);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void AddScaled_AnyLength_EqualsItsScalarTwin(int length)
    {
        float[] values = Values(length, 1), vector = Values(length, 3), scalar = Values(length, 3);
        TilingKernels.AddScaled(values, 0.3f, vector);
        TilingKernels.AddScaledScalar(values, 0.3f, scalar);
        Assert.Equal(scalar, vector);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Divide_AnyLength_EqualsItsScalarTwin(int length)
    {
        float[] sum = Values(length, 1), weights = [.. Values(length, 2).Select(v => v + 2)], vector = new float[length], scalar = new float[length];
        TilingKernels.Divide(sum, weights, vector);
        TilingKernels.DivideScalar(sum, weights, scalar);
        Assert.Equal(scalar, vector);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void TakeBetter_AnyLength_EqualsItsScalarTwinAndKeepsTies(int length)
    {
        float[] scores = Values(length, 1), best = Values(length, 2), bestScalar = Values(length, 2);
        if (length > 0) scores[^1] = best[^1];
        int[] labels = new int[length], labelsScalar = new int[length];
        LabelDecision.TakeBetter(scores, 7, best, labels);
        LabelDecision.TakeBetterScalar(scores, 7, bestScalar, labelsScalar);
        Assert.Equal(bestScalar, best);
        Assert.Equal(labelsScalar, labels);
        if (length > 0) Assert.Equal(0, labels[^1]);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Paint_AnyLength_EqualsItsScalarTwinAndIsStrict(int length)
    {
        float[] scores = Values(length, 1);
        if (length > 0) scores[^1] = 0.25f;
        int[] labels = new int[length], scalar = new int[length];
        LabelDecision.Paint(scores, 0.25f, 7, labels);
        LabelDecision.PaintScalar(scores, 0.25f, 7, scalar);
        Assert.Equal(scalar, labels);
        if (length > 0) Assert.Equal(0, labels[^1]);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Narrow_AnyLength_KeepsEveryLabelOfItsWidth(int length)
    {
        int[] labels = [.. Enumerable.Range(0, length).Select(n => n * 509 % 65536)];
        ushort[] words = new ushort[length];
        LabelWriter.Narrow(labels, words);
        Assert.Equal(labels, words.Select(w => (int)w));
        int[] small = [.. labels.Select(l => 255 - l % 256)];
        byte[] bytes = new byte[length];
        LabelWriter.Narrow(small, bytes);
        Assert.Equal(small, bytes.Select(b => (int)b));
    }

    private static float[] Values(int length, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 2 - 1)];
    }
}
