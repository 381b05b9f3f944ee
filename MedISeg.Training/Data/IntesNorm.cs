using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Data;

/// <summary>Turns a scheme of IntesNorm into intensity steps; statistics are taken over the training cases and stored in the steps.</summary>
/// <remarks>Source: MedISeg at a1ab165 and its history; checked against golden <c>prep3d</c>.</remarks>
internal static class IntesNorm
{
    private const double KitsLow = -79, KitsHigh = 304, LitsLow = -124, LitsHigh = 276, CovidLow = -1000, CovidHigh = 500;
    private const double LowPercentile = 0.5, HighPercentile = 99.5;

    /// <summary>Fills the intensity steps of options that name a scheme.</summary>
    /// <param name="options">Options of a new run.</param>
    /// <param name="cases">Training cases; read where the scheme needs statistics.</param>
    /// <param name="cancellationToken">Checked once a case.</param>
    /// <returns>The options; unchanged where they name no scheme.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: there are intensity steps already, or no voxel to take
    /// statistics over; a case cannot be read.</exception>
    public static TrainOptions Resolve(TrainOptions options, IReadOnlyList<DatasetCase> cases, CancellationToken cancellationToken)
    {
        if (options.Preparation.IntesNorm is not { } scheme) return options;
        if (options.Intensity.Count > 0)
            throw new SegmentationException(ErrorCode.InvalidOption,
                "intensity must be empty where preparation.intesNorm names a scheme; leave one of them out.");
        return options with
        {
            Intensity = scheme switch
            {
                IntensityScheme.Kits => Inside(options, cases, cancellationToken),
                IntensityScheme.KitsOwn => [new ClipStep(KitsLow, KitsHigh), new ZScoreStep(Mask: "inside")],
                IntensityScheme.Lits => [new ClipStep(LitsLow, LitsHigh), new MinMaxStep(LitsLow, LitsHigh)],
                IntensityScheme.Covid => [new ClipStep(CovidLow, CovidHigh), new MinMaxStep(CovidLow, CovidHigh)],
                IntensityScheme.Foreground => Foreground(options, cases, cancellationToken),
                _ => [new ZScoreStep()],
            },
        };
    }

    private static IntensityStep[] Inside(TrainOptions options, IReadOnlyList<DatasetCase> cases, CancellationToken cancellationToken)
    {
        Moments[] moments = [.. options.Inputs.Select(_ => new Moments())];
        IntensityMap clip = IntensityMap.Identity.ThenClip(KitsLow, KitsHigh);
        foreach (DatasetCase one in cases)
        {
            Volume image = one.ReadImage();
            CaseLoader.CheckChannels(one, image, options);
            for (int c = 0; c < moments.Length; c++)
            {
                IntensityStatistics inside = IntensityStatistics.Of(image, c, clip, VoxelSelection.StrictlyInside(KitsLow, KitsHigh), cancellationToken);
                moments[c].Add(inside.Count, inside.Mean, inside.Std);
            }
        }
        return [new ClipStep(KitsLow, KitsHigh), .. moments.Select((m, c) => m.Step(Only(c, moments)))];
    }

    private static IntensityStep[] Foreground(TrainOptions options, IReadOnlyList<DatasetCase> cases, CancellationToken cancellationToken)
    {
        OrderStatistics[] orders = [.. options.Inputs.Select(_ => new OrderStatistics())];
        Moments[] moments = [.. options.Inputs.Select(_ => new Moments())];
        ForForeground(options, cases, (c, values) =>
        {
            orders[c].CountHigh(values);
            moments[c].Add(values);
        }, cancellationToken);
        if (moments.Any(m => m.Count == 0))
            throw new SegmentationException(ErrorCode.InvalidOption, "No training case has foreground to take statistics over; correct the labels or choose another intesNorm.");
        foreach (OrderStatistics order in orders)
            foreach (double percentile in (double[])[LowPercentile, HighPercentile])
            {
                (long lower, long upper, _) = Place(percentile, order.Count);
                order.Select([lower, upper]);
            }
        ForForeground(options, cases, (c, values) => orders[c].CountLow(values), cancellationToken);
        return [.. orders.SelectMany((order, c) => new IntensityStep[]
        {
            new ClipStep(Percentile(order, LowPercentile), Percentile(order, HighPercentile), Only(c, moments)), moments[c].Step(Only(c, moments)),
        })];
    }

    /// <summary>Hands over the real values of foreground voxels, row by row.</summary>
    private static void ForForeground(
        TrainOptions options, IReadOnlyList<DatasetCase> cases, ForegroundRow body, CancellationToken cancellationToken)
    {
        foreach (DatasetCase one in cases)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (Volume image, LabelMap labels) = one.Read();
            CaseLoader.CheckChannels(one, image, options);
            GridSize grid = image.Geometry.Grid;
            float[] row = new float[grid.Width];
            for (int c = 0; c < options.Inputs.Count; c++)
                for (int k = 0; k < grid.Depth; k++)
                    for (int j = 0; j < grid.Height; j++)
                    {
                        image.ReadRow(c, k, j, 0, row);
                        int count = 0;
                        for (int i = 0; i < row.Length; i++)
                            if (labels[k, j, i] != 0) row[count++] = row[i];
                        if (count > 0) body(c, row.AsSpan(0, count));
                    }
        }
    }

    private static int? Only(int channel, Moments[] all) => all.Length == 1 ? null : channel;

    /// <summary>Between order statistics as numpy's default.</summary>
    private static (long Lower, long Upper, double Fraction) Place(double percentile, long count)
    {
        double place = percentile / 100 * (count - 1);
        long lower = (long)Math.Floor(place);
        return (lower, Math.Min(lower + 1, count - 1), place - lower);
    }

    private static double Percentile(OrderStatistics order, double percentile)
    {
        (long lower, long upper, double fraction) = Place(percentile, order.Count);
        return order.Value(lower) + fraction * ((double)order.Value(upper) - order.Value(lower));
    }

    private delegate void ForegroundRow(int channel, ReadOnlySpan<float> values);

    /// <summary>Count, sum and sum of squares over all cases.</summary>
    private sealed class Moments
    {
        private double _sum, _squares;

        public long Count { get; private set; }

        public void Add(long count, double mean, double std)
        {
            Count += count;
            _sum += count * mean;
            _squares += count * (std * std + mean * mean);
        }

        public void Add(ReadOnlySpan<float> values)
        {
            Count += values.Length;
            foreach (float value in values)
            {
                _sum += value;
                _squares += (double)value * value;
            }
        }

        /// <summary>The z-score by these statistics.</summary>
        public ZScoreStep Step(int? channel)
        {
            double mean = Count == 0 ? 0 : _sum / Count, variance = Count == 0 ? 0 : _squares / Count - mean * mean;
            if (!(variance > 1e-12))
                throw new SegmentationException(ErrorCode.InvalidOption,
                    "The training images are constant where statistics are taken; choose another preparation.intesNorm.");
            return new ZScoreStep(mean, Math.Sqrt(variance), Channel: channel);
        }
    }
}
