using System.Numerics.Tensors;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Intensity;

/// <summary>Statistics of an image channel after an intensity map. All numbers are 0 where no voxel counts.</summary>
/// <param name="Count">Voxels that count.</param>
/// <param name="Mean">Mean.</param>
/// <param name="Std">Population standard deviation (divided by the count).</param>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value.</param>
public sealed record IntensityStatistics(long Count, double Mean, double Std, double Min, double Max)
{
    /// <summary>Computes count, mean, standard deviation and range; sums in double precision, plane by plane in order.</summary>
    /// <param name="volume">The image.</param>
    /// <param name="channel">Channel, from 0.</param>
    /// <param name="intensity">Applied to the real values first.</param>
    /// <param name="selection">Voxels that count.</param>
    /// <param name="cancellationToken">Checked a few times a core.</param>
    public static IntensityStatistics Of(
        Volume volume, int channel, IntensityMap intensity, VoxelSelection selection, CancellationToken cancellationToken)
    {
        int depth = volume.Geometry.Grid.Depth;
        long[] counts = new long[depth];
        double[] sums = new double[depth], mins = new double[depth], maxs = new double[depth];
        ForPlanes(volume, channel, intensity, selection, (k, values) =>
        {
            if (counts[k] == 0) (mins[k], maxs[k]) = (double.PositiveInfinity, double.NegativeInfinity);
            counts[k] += values.Length;
            sums[k] += Sum(values);
            mins[k] = Math.Min(mins[k], TensorPrimitives.Min(values));
            maxs[k] = Math.Max(maxs[k], TensorPrimitives.Max(values));
        }, cancellationToken);
        long count = counts.Sum();
        if (count == 0) return new IntensityStatistics(0, 0, 0, 0, 0);
        double mean = sums.Sum() / count;
        double[] squares = new double[depth];
        ForPlanes(volume, channel, intensity, selection, (k, values) => squares[k] += SumOfSquares(values, mean), cancellationToken);
        IEnumerable<int> filled = Enumerable.Range(0, depth).Where(k => counts[k] > 0);
        return new IntensityStatistics(count, mean, Math.Sqrt(squares.Sum() / count), filled.Min(k => mins[k]), filled.Max(k => maxs[k]));
    }

    /// <summary>Exact percentiles, linear between order statistics as numpy's default.</summary>
    /// <param name="volume">The image.</param>
    /// <param name="channel">Channel, from 0.</param>
    /// <param name="intensity">Applied to the real values first.</param>
    /// <param name="selection">Voxels that count.</param>
    /// <param name="percentiles">Each in [0, 100].</param>
    /// <param name="cancellationToken">Checked a few times a core.</param>
    /// <returns>One value a percentile; all 0 where no voxel counts.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A percentile is not in [0, 100].</exception>
    public static double[] Percentiles(
        Volume volume, int channel, IntensityMap intensity, VoxelSelection selection, IReadOnlyList<double> percentiles,
        CancellationToken cancellationToken)
    {
        foreach (double percentile in percentiles)
            if (percentile is not (>= 0 and <= 100)) throw new ArgumentOutOfRangeException(nameof(percentiles));
        OrderStatistics order = new();
        ForPlanes(volume, channel, intensity, selection, (_, values) => order.CountHigh(values), cancellationToken);
        if (order.Count == 0) return new double[percentiles.Count];
        (long Lower, long Upper, double Fraction)[] places = [.. percentiles.Select(p =>
        {
            double place = p / 100 * (order.Count - 1);
            long lower = (long)Math.Floor(place);
            return (lower, Math.Min(lower + 1, order.Count - 1), place - lower);
        })];
        order.Select([.. places.SelectMany(place => new[] { place.Lower, place.Upper })]);
        ForPlanes(volume, channel, intensity, selection, (_, values) => order.CountLow(values), cancellationToken);
        return [.. places.Select(place =>
        {
            double a = order.Value(place.Lower), b = order.Value(place.Upper);
            return place.Fraction >= 0.5 ? b - (b - a) * (1 - place.Fraction) : a + (b - a) * place.Fraction;
        })];
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values) sum += value;
        return sum;
    }

    private static double SumOfSquares(ReadOnlySpan<float> values, double mean)
    {
        double sum = 0;
        foreach (float value in values) sum += (value - mean) * (value - mean);
        return sum;
    }

    private delegate void PlaneRow(int k, ReadOnlySpan<float> values);

    /// <summary>Hands over the values that count, row by row; rows of one plane come in order on one thread.</summary>
    private static void ForPlanes(
        Volume volume, int channel, IntensityMap intensity, VoxelSelection selection, PlaneRow body, CancellationToken cancellationToken)
    {
        GridSize grid = volume.Geometry.Grid;
        IndexRanges.Run(grid.Depth, Environment.ProcessorCount, (from, to) =>
        {
            float[] real = new float[grid.Width], mapped = new float[grid.Width];
            for (int k = from; k < to; k++)
                for (int j = 0; j < grid.Height; j++)
                {
                    volume.ReadRow(channel, k, j, 0, real);
                    real.CopyTo(mapped, 0);
                    intensity.Apply(mapped);
                    int count = selection == VoxelSelection.Whole ? mapped.Length : 0;
                    for (int i = count; i < mapped.Length; i++)
                        if (selection.Holds(real[i], mapped[i])) mapped[count++] = mapped[i];
                    if (count > 0) body(k, mapped.AsSpan(0, count));
                }
        }, cancellationToken);
    }
}
