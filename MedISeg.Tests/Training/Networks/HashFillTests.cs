using MedISeg.Tests.Support;
using MedISeg.Training.Networks;

namespace MedISeg.Tests.Training.Networks;

public sealed class HashFillTests
{
    [Theory]
    [InlineData("net3d.input", "nets/input3d.npy", 1, 0)]
    [InlineData("net2d.input", "nets/input2d.npy", 1, 0)]
    [InlineData("losses3d.logits", "losses3d/logits.npy", 3, 0)]
    public void Fill_Name_EqualsTheGoldenInput(string name, string file, double scale, double offset)
    {
        float[] expected = NpyFile.Golden(file).As<float>();
        float[] actual = new float[expected.Length];
        HashFill.Fill(name, scale, offset, actual);
        for (int n = 0; n < expected.Length; n++) Assert.Equal(expected[n], actual[n], 1e-6f);
        Assert.Equal(expected[^1], (float)(scale * HashFill.At(name, expected.Length - 1)), 1e-6f);
    }

    [Fact]
    public void Fill_EachRole_HasItsRange()
    {
        Assert.All(Filled(new ParameterInfo("a.weight", [4, 6, 3, 3, 3], ParameterRole.Weight, 162)), v => Assert.InRange(Math.Abs(v), 0, Math.Sqrt(6.0 / 162)));
        Assert.All(Filled(new ParameterInfo("n.weight", [50], ParameterRole.Scale, 1)), v => Assert.InRange(v, 0.9f, 1.1f));
        Assert.All(Filled(new ParameterInfo("n.running_var", [50], ParameterRole.RunningVariance, 1)), v => Assert.InRange(v, 0.8f, 1.2f));
        Assert.All(Filled(new ParameterInfo("n.bias", [50], ParameterRole.Bias, 1)), v => Assert.InRange(v, -0.05f, 0.05f));
    }

    private static float[] Filled(ParameterInfo parameter)
    {
        float[] values = new float[parameter.Count];
        HashFill.Fill(parameter, values);
        Assert.True(values.Distinct().Count() > values.Length / 2);
        return values;
    }
}
