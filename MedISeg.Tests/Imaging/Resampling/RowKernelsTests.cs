using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Resampling;

namespace MedISeg.Tests.Imaging.Resampling;

[Trait("Category", "Kernel")]
public sealed class RowKernelsTests
{
    public static TheoryData<int> Lengths => [0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 101];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Lerp_AnyLength_EqualsScalarTwin(int length)
    {
        float[] a = Noise(length, 1), b = Noise(length, 2), vector = new float[length], scalar = new float[length];
        RowKernels.Lerp(a, b, 0.3f, vector);
        RowKernels.LerpScalar(a, b, 0.3f, scalar);
        Assert.Equal(scalar, vector);
        for (int n = 0; n < length; n++) Assert.Equal(a[n] * 0.7 + b[n] * 0.3, vector[n], 1e-3);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Sum4_AnyLength_EqualsScalarTwin(int length)
    {
        float[] a = Noise(length, 1), b = Noise(length, 2), c = Noise(length, 3), d = Noise(length, 4);
        float[] vector = new float[length], scalar = new float[length], weights = [0.1f, 0.6f, 0.2f, -0.1f];
        RowKernels.Sum4(a, b, c, d, weights, vector);
        RowKernels.Sum4Scalar(a, b, c, d, weights, scalar);
        Assert.Equal(scalar, vector);
        for (int n = 0; n < length; n++) Assert.Equal(a[n] * 0.1 + b[n] * 0.6 + c[n] * 0.2 - d[n] * 0.1, vector[n], 1e-3);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Sample_AnyLengthAndScale_EqualsScalarTwin(int length)
    {
        if (length == 0) return;
        foreach (int source in (int[])[1, 2, 7, 8, 9, 40])
            foreach (double scale in (double[])[0.37, 1, -1, 1.9, -0.6, source / (double)length])
                foreach (double offset in (double[])[0, 0.3, -2.5, source - 1.25])
                    foreach (bool nearest in (bool[])[false, true])
                    {
                        AxisTaps taps = nearest ? AxisTaps.Nearest(length, source, scale, offset) : AxisTaps.Linear(length, source, scale, offset);
                        float[] row = Noise(source, 7), vector = new float[length], scalar = new float[length];
                        RowKernels.Sample(row, taps, vector);
                        RowKernels.SampleScalar(row, taps.Lower, taps.Upper, taps.Weight, scalar);
                        Assert.Equal(scalar, vector);
                        if (Math.Abs(scale) < 1) Assert.True(taps.IsDense);
                        if (Math.Abs(scale) > 1.2 && source == 40 && length > 16 && offset == 0 && scale > 0) Assert.False(taps.IsDense);
                    }
    }

    [Fact]
    public void Sample_TapsBeyondTheRow_Throws()
    {
        AxisTaps taps = AxisTaps.Linear(20, 12, 0.6, 0);
        Assert.Throws<ArgumentException>(() => RowKernels.Sample(new float[11], taps, new float[20]));
        Assert.Throws<ArgumentException>(() => RowKernels.Sample(new float[12], taps, new float[19]));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void MultiplyAdd_AnyLength_EqualsScalarTwin(int length)
    {
        float[] vector = Noise(length, 1), scalar = Noise(length, 1), old = Noise(length, 1);
        IntensityMap.MultiplyAdd(vector, 0.01f, -3);
        IntensityMap.MultiplyAddScalar(scalar, 0.01f, -3);
        Assert.Equal(scalar, vector);
        for (int n = 0; n < length; n++) Assert.Equal(old[n] * 0.01 - 3, vector[n], 1e-5);
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(3, 17)]
    [InlineData(29, 9)]
    [InlineData(64, 33)]
    public void Lanes_AnyCount_EqualsLineByLine(int count, int lanes)
    {
        int stride = lanes + 3;
        float[] data = Noise(count * stride, 5), expected = [.. data];
        for (int lane = 0; lane < lanes; lane++)
        {
            float[] line = [.. Enumerable.Range(0, count).Select(n => data[n * stride + lane])];
            BSplineFilter.Line(line);
            for (int n = 0; n < count; n++) expected[n * stride + lane] = line[n];
        }
        BSplineFilter.Lanes(data, count, stride, lanes);
        for (int n = 0; n < data.Length; n++) Assert.Equal(expected[n], data[n], 5e-3);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(40)]
    public void Line_AnyLength_GivesCoefficientsOfTheSamples(int length)
    {
        float[] samples = Noise(length, 6), line = [.. samples];
        BSplineFilter.Line(line);
        for (int n = 0; n < length; n++)
        {
            double spline = (line[CubicTaps.Mirror(n - 1, length)] + 4.0 * line[n] + line[CubicTaps.Mirror(n + 1, length)]) / 6;
            Assert.Equal(samples[n], spline, 1e-3);
        }
    }

    private static float[] Noise(int length, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 2000 - 1000)];
    }
}
