using MedISeg.Inference.Models;
using MedISeg.Inference.Prediction;

namespace MedISeg.Tests.Inference.Prediction;

[Trait("Category", "Kernel")]
public sealed class ActivationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(1025)]
    public void Apply_Softmax_EqualsTheDefinitionInDouble(int voxels)
    {
        const int Classes = 3;
        Random random = new(voxels);
        float[] logits = [.. Enumerable.Range(0, Classes * voxels).Select(_ => random.NextSingle() * 40 - 20)], scores = [.. logits];
        scores[0] = logits[0] = 500;
        Activation.Apply(scores, Classes, ActivationKind.Softmax, ScoreDomain.Probabilities, 2);
        for (int n = 0; n < voxels; n++)
        {
            double[] exp = [.. Enumerable.Range(0, Classes).Select(c => Math.Exp((logits[c * voxels + n] - (double)logits[n]) / 2))];
            for (int c = 0; c < Classes; c++) Assert.Equal(exp[c] / exp.Sum(), scores[c * voxels + n], 1e-6);
        }
    }

    [Fact]
    public void Apply_Sigmoid_EqualsTheDefinition()
    {
        float[] scores = [-100, -1, 0, 2];
        Activation.Apply(scores, 2, ActivationKind.Sigmoid, ScoreDomain.Probabilities, 1);
        double[] expected = [0, 1 / (1 + Math.E), 0.5, 1 / (1 + Math.Exp(-2))];
        for (int n = 0; n < 4; n++) Assert.Equal(expected[n], scores[n], 1e-6);
    }

    [Fact]
    public void Apply_LogitsOrNone_LeavesScoresButForTheTemperature()
    {
        float[] logits = [1, 2], none = [1, 2];
        Activation.Apply(logits, 2, ActivationKind.Softmax, ScoreDomain.Logits, 4);
        Activation.Apply(none, 2, ActivationKind.None, ScoreDomain.Probabilities, 4);
        Assert.Equal([0.25f, 0.5f], logits);
        Assert.Equal([1f, 2f], none);
    }
}
