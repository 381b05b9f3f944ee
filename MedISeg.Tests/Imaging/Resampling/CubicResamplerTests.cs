using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging.Resampling;

/// <summary>Against a spline filtered line by line in double precision.</summary>
[Trait("Category", "Kernel")]
public sealed class CubicResamplerTests
{
    private static readonly VolumeGeometry Source = TestGeometry.Oblique(new GridSize(6, 11, 19));

    /// <summary>Sides that shrink, grow and both: rows first and columns first, planes left over and none.</summary>
    public static TheoryData<int, int, int> Sizes => new() { { 4, 7, 9 }, { 9, 17, 31 }, { 6, 25, 5 }, { 3, 4, 40 }, { 1, 1, 1 }, { 6, 11, 19 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Resample_AnySizeAndOrder_EqualsTheSplineLineByLine(int depth, int height, int width)
    {
        Volume source = Noise();
        double[] coefficients = Coefficients(source);
        foreach (AxisOrientation order in (AxisOrientation[])[AxisOrientation.None, new(0, true, 1, false, 2, true), new(2, true, 0, false, 1, true), new(1, false, 0, true, 2, false)])
        {
            VolumeGeometry target = order.Apply(Source.WithGrid(new GridSize(depth, height, width)));
            GridMap map = GridMap.Between(target, Source);
            float[] one = Resample(source, target, 1);
            int n = 0;
            for (int k = 0; k < target.Grid.Depth; k++)
                for (int j = 0; j < target.Grid.Height; j++)
                    for (int i = 0; i < target.Grid.Width; i++)
                    {
                        double[] place = new double[3];
                        foreach ((int axis, int index) in (ReadOnlySpan<(int, int)>)[(0, k), (1, j), (2, i)])
                            place[map[axis].SourceAxis] = map[axis].Offset + map[axis].Scale * index;
                        Assert.Equal(Spline(coefficients, place), one[n++], 1e-3);
                    }
            foreach (int threads in (int[])[2, 5]) Assert.Equal(one, Resample(source, target, threads));
        }
    }

    private static float[] Resample(Volume source, VolumeGeometry target, int threads) =>
        VolumeResampler.Resample(source, 0, target, Interpolation.CubicUnclipped, IntensityMap.Identity, threads, CancellationToken.None);

    private static Volume Noise()
    {
        Random random = new(11);
        return new Volume(Source, [Enumerable.Range(0, (int)Source.Grid.VoxelCount).Select(_ => (short)random.Next(-1000, 1000)).ToArray()]);
    }

    /// <summary>Coefficients by solving (c[n - 1] + 4 c[n] + c[n + 1]) / 6 = s[n], mirrored, along each axis in turn.</summary>
    private static double[] Coefficients(Volume source)
    {
        double[] values = [.. source.ToFloats(0).Select(v => (double)v)];
        GridSize grid = source.Geometry.Grid;
        (int Count, int Step)[] axes = [(grid.Depth, grid.Height * grid.Width), (grid.Height, grid.Width), (grid.Width, 1)];
        foreach ((int count, int step) in axes)
            for (int start = 0; start < values.Length; start++)
                if (start / step % count == 0) Solve(values, start, step, count);
        return values;
    }

    /// <summary>Gauss elimination of the three-band system.</summary>
    private static void Solve(double[] values, int start, int step, int count)
    {
        double[] upper = new double[count];
        for (int n = 0; n < count; n++)
        {
            double above = n == 0 ? 2 : 1, below = n == count - 1 ? 2 : 1, pivot = 4;
            if (n > 0)
            {
                pivot -= below * upper[n - 1];
                values[start + n * step] = (6 * values[start + n * step] - below * values[start + (n - 1) * step]) / pivot;
            }
            else
            {
                values[start] = 6 * values[start] / pivot;
            }
            upper[n] = above / pivot;
        }
        for (int n = count - 2; n >= 0; n--) values[start + n * step] -= upper[n] * values[start + (n + 1) * step];
    }

    private static double Spline(double[] coefficients, double[] place)
    {
        GridSize grid = Source.Grid;
        double sum = 0;
        (int[] Index, double[] Weight) k = Taps(place[0], grid.Depth), j = Taps(place[1], grid.Height), i = Taps(place[2], grid.Width);
        for (int a = 0; a < 4; a++)
            for (int b = 0; b < 4; b++)
                for (int c = 0; c < 4; c++)
                    sum += k.Weight[a] * j.Weight[b] * i.Weight[c] * coefficients[grid.Offset(k.Index[a], j.Index[b], i.Index[c])];
        return sum;
    }

    private static (int[], double[]) Taps(double place, int length)
    {
        place = Math.Clamp(place, -0.5, length - 0.5);
        int floor = (int)Math.Floor(place);
        double[] weights = [.. Enumerable.Range(-1, 4).Select(n => Basis(Math.Abs(place - floor - n)))];
        int[] index = [.. Enumerable.Range(floor - 1, 4).Select(n => n < 0 ? -n : n >= length ? 2 * (length - 1) - n : n)];
        return (index, weights);

        static double Basis(double x) => x < 1 ? 2.0 / 3 - x * x + x * x * x / 2 : x < 2 ? Math.Pow(2 - x, 3) / 6 : 0;
    }
}
