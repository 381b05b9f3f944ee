using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;

namespace MedISeg.Inference.Preprocessing;

/// <summary>A package's intensity steps for one image: for each network channel where it comes from and what happens to its values.</summary>
internal static class IntensityPlan
{
    private const double SmallestSpread = 1e-8;
    private static readonly double[] ImageNetMean = [0.485, 0.456, 0.406];
    private static readonly double[] ImageNetStd = [0.229, 0.224, 0.225];

    /// <summary>One network channel: values of a channel of a volume, mapped; the ends of a clip that was the last step.</summary>
    public readonly record struct Channel(Volume Volume, int Index, IntensityMap Map, (double Min, double Max)? Clip = null);

    /// <summary>Works out all steps; statistics are those of the volume given.</summary>
    /// <param name="volume">The image, cropped where the package crops first.</param>
    /// <param name="steps">In order.</param>
    /// <param name="cancellationToken">Checked while statistics are taken.</param>
    public static IReadOnlyList<Channel> Create(Volume volume, IReadOnlyList<IntensityStep> steps, CancellationToken cancellationToken)
    {
        List<Channel> channels = [.. Enumerable.Range(0, volume.Channels).Select(c => new Channel(volume, c, IntensityMap.Identity))];
        foreach (IntensityStep step in steps)
        {
            if (step is ChannelOrderStep reorder)
            {
                if (reorder.Order.Any(c => c >= channels.Count))
                    throw new SegmentationException(ErrorCode.ChannelMismatch,
                        $"The model needs an image of at least {reorder.Order.Max() + 1} channels; this one has {channels.Count}.");
                channels = [.. reorder.Order.Select(c => channels[c])];
                continue;
            }
            for (int c = 0; c < channels.Count; c++)
                if (Applies(step, c)) channels[c] = Apply(step, c, channels[c], cancellationToken);
        }
        return channels;
    }

    private static bool Applies(IntensityStep step, int channel)
    {
        int? only = step switch
        {
            ClipStep s => s.Channel,
            PercentileClipStep s => s.Channel,
            ZScoreStep s => s.Channel,
            MinMaxStep s => s.Channel,
            _ => null,
        };
        return only is null || only == channel;
    }

    private static Channel Apply(IntensityStep step, int c, Channel channel, CancellationToken cancellationToken)
    {
        IntensityMap map = channel.Map;
        (double Min, double Max)? clipped = channel.Clip;
        channel = channel with { Clip = null };
        switch (step)
        {
            case ClipStep clip:
                return channel with { Map = map.ThenClip(clip.Min, clip.Max), Clip = (clip.Min, clip.Max) };
            case PercentileClipStep clip:
                double[] ends = IntensityStatistics.Percentiles(
                    channel.Volume, channel.Index, map, VoxelSelection.Whole, [clip.Lower, clip.Upper], cancellationToken);
                return channel with { Map = map.ThenClip(ends[0], ends[1]), Clip = (ends[0], ends[1]) };
            case ZScoreStep { Mean: { } mean, Std: { } std }:
                return channel with { Map = map.ThenAffine(1 / std, -mean / std) };
            case ZScoreStep { Mask: "nonzero" }:
                return MaskedZScore(channel, cancellationToken);
            case ZScoreStep { Mask: "inside" }:
                return InsideZScore(channel, clipped, cancellationToken);
            case ZScoreStep:
                IntensityStatistics all = Statistics(channel, VoxelSelection.Whole, cancellationToken);
                return channel with { Map = Standardise(map, all.Mean, all.Std) };
            case MinMaxStep range:
                IntensityStatistics? own = range.Min is null ? Statistics(channel, VoxelSelection.Whole, cancellationToken) : null;
                double min = range.Min ?? own!.Min;
                return channel with { Map = Standardise(map, min, (range.Max ?? own!.Max) - min) };
            case ImageNetStep:
                return channel with { Map = map.ThenAffine(1 / (255 * ImageNetStd[c]), -ImageNetMean[c] / ImageNetStd[c]) };
            default:
                throw new NotSupportedException($"The intensity step {step.GetType().Name} is not known.");
        }
    }

    /// <summary>All voxels are mapped, by the mean and the deviation of those that the clip before did not touch.</summary>
    private static Channel InsideZScore(Channel channel, (double Min, double Max)? clip, CancellationToken cancellationToken)
    {
        if (clip is not { } ends)
            throw new SegmentationException(ErrorCode.InvalidOption, "A z-score over the mask inside needs a clip of the same channel directly before it.");
        // A clip leaves single-precision values: its ends are compared as such.
        if ((float)ends.Min >= (float)ends.Max) return channel with { Map = channel.Map.ThenAffine(0, 0) };
        IntensityStatistics inside = Statistics(channel, VoxelSelection.StrictlyInside((float)ends.Min, (float)ends.Max), cancellationToken);
        return channel with { Map = Standardise(channel.Map, inside.Mean, inside.Std) };
    }

    /// <summary>Voxels that are 0 stay 0 (as nnU-Net and MONAI have it), so the values must be written out: no map of values alone does it.</summary>
    private static Channel MaskedZScore(Channel channel, CancellationToken cancellationToken)
    {
        IntensityStatistics inside = Statistics(channel, VoxelSelection.Nonzero, cancellationToken);
        float[] real = channel.Volume.ToFloats(channel.Index), mapped = [.. real];
        Standardise(channel.Map, inside.Mean, inside.Std).Apply(mapped);
        for (int n = 0; n < real.Length; n++)
            if (real[n] == 0) mapped[n] = 0;
        return new Channel(new Volume(channel.Volume.Geometry, [mapped]), 0, IntensityMap.Identity);
    }

    /// <summary>(value - origin) / spread; 0 everywhere where the image is constant, since a tiny divisor would blow up rounding.</summary>
    private static IntensityMap Standardise(IntensityMap map, double origin, double spread) =>
        spread < SmallestSpread ? map.ThenAffine(0, 0) : map.ThenAffine(1 / spread, -origin / spread);

    private static IntensityStatistics Statistics(Channel channel, VoxelSelection selection, CancellationToken cancellationToken) =>
        IntensityStatistics.Of(channel.Volume, channel.Index, channel.Map, selection, cancellationToken);
}
