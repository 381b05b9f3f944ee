using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Series;

/// <summary>Several series as the channels of one image.</summary>
public static class SeriesChannels
{
    /// <summary>Finds the series of each channel.</summary>
    /// <param name="series">What was sent.</param>
    /// <param name="rules">One a channel; at least one.</param>
    /// <returns>One series a channel, in the order of the rules.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.ChannelMismatch"/>: a channel fits no series or several, two channels fit one
    /// series, or a series fits no channel.</exception>
    public static IReadOnlyList<DicomSeries> Match(IReadOnlyList<DicomSeries> series, IReadOnlyList<ChannelRule> rules)
    {
        List<DicomSeries>[] fitting =
            [.. rules.Select(rule => series.Where(one => SeriesRules.Check(one.Header, rule.Modality, rule.Match).Count == 0).ToList())];
        string Counts() => string.Join(", ", rules.Select((rule, n) => $"{fitting[n].Count} for '{rule.Name}'"));
        if (fitting.Any(fits => fits.Count != 1))
            throw new SegmentationException(ErrorCode.ChannelMismatch,
                $"The model needs exactly one series for each of its {rules.Count} channels; of the {series.Count} sent, these fit by modality " +
                $"and match rules: {Counts()}. Send one series a channel, or name the parts after the channels; of an archive give channels.");
        DicomSeries[] chosen = [.. fitting.Select(fits => fits[0])];
        int different = chosen.Distinct(ReferenceEqualityComparer.Instance).Count();
        if (different < chosen.Length)
            throw new SegmentationException(ErrorCode.ChannelMismatch,
                "One series fits two channels of the model; name the parts after the channels, or give channels of an archive, " +
                $"({string.Join(", ", rules.Select(rule => $"'{rule.Name}'"))}) to say which is which.");
        if (different < series.Count)
            throw new SegmentationException(ErrorCode.ChannelMismatch,
                $"{series.Count - different} of {series.Count} series fit no channel of the model; leave them out.");
        return chosen;
    }

    /// <summary>Reads series and joins them: the first as it is, the others resampled (linear) to its grid.</summary>
    /// <param name="reader">Borrowed.</param>
    /// <param name="series">One a channel, in the model's order; at least one.</param>
    /// <param name="names">Names of the channels, as many, for messages.</param>
    /// <param name="limits">Checked for each series and for the joined image.</param>
    /// <param name="progress">Slices read so far, of all series; null: nobody looks.</param>
    /// <param name="cancellationToken">Checked once a slice.</param>
    /// <returns>The image on the first series' grid. Where the other series do not reach, their nearest value is repeated.</returns>
    /// <exception cref="SegmentationException">As <see cref="DicomSeriesReader"/> reads; <see cref="ErrorCode.ChannelMismatch"/>: a series has
    /// colours or another frame of reference.</exception>
    public static Volume Read(
        DicomSeriesReader reader, IReadOnlyList<DicomSeries> series, IReadOnlyList<string> names, ImageLimits limits, IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        for (int n = 1; n < series.Count; n++) CheckFrame(series, names, n);
        Volume[] volumes = new Volume[series.Count];
        int before = 0;
        for (int n = 0; n < series.Count; n++)
        {
            int offset = before;
            volumes[n] = reader.Read(series[n], limits, progress is null ? null : new Shifted(progress, offset), cancellationToken);
            before += series[n].Slices.Count;
        }
        return Join(volumes, names, limits, cancellationToken);
    }

    /// <summary>Joins volumes that share a frame of reference: the first as it is, the others resampled (linear) to its grid.</summary>
    /// <inheritdoc cref="Read"/>
    /// <param name="volumes">One a channel, of one channel each.</param>
    /// <param name="names">Names of the channels, as many.</param>
    /// <param name="limits">Checked before memory is taken.</param>
    /// <param name="cancellationToken">Checked a few times a volume.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.ChannelMismatch"/>: colours; <see cref="ErrorCode.TooLarge"/>.</exception>
    public static Volume Join(IReadOnlyList<Volume> volumes, IReadOnlyList<string> names, ImageLimits limits, CancellationToken cancellationToken)
    {
        Volume first = volumes[0];
        GridSize grid = first.Geometry.Grid;
        for (int n = 0; n < volumes.Count; n++)
        {
            if (volumes[n].Channels != 1)
                throw new SegmentationException(ErrorCode.ChannelMismatch,
                    $"The series of channel '{names[n]}' has {volumes[n].Channels} colours; send grey values.");
        }
        if (volumes.Count == 1) return first;
        limits.Check([grid.Width, grid.Height, grid.Depth, volumes.Count], sizeof(float));
        return new Volume(first.Geometry, [.. volumes.Select((volume, n) => n == 0
            ? volume.ToFloats(0)
            : Resample(volume, first.Geometry, cancellationToken))]);
    }

    private static float[] Resample(Volume volume, VolumeGeometry target, CancellationToken cancellationToken) =>
        GridMap.TryBetween(target, volume.Geometry, out _)
            ? VolumeResampler.Resample(volume, 0, target, Interpolation.Linear, IntensityMap.Identity, cancellationToken)
            : ObliqueResampler.Resample(volume, 0, target, cancellationToken);

    private static void CheckFrame(IReadOnlyList<DicomSeries> series, IReadOnlyList<string> names, int n)
    {
        string first = Frame(series[0]), other = Frame(series[n]);
        if (!series[0].IsInPatientSpace || !series[n].IsInPatientSpace || first.Length == 0 || first != other)
            throw new SegmentationException(ErrorCode.ChannelMismatch,
                $"The series of channels '{names[0]}' and '{names[n]}' do not share a frame of reference, so nothing says how they lie " +
                "to each other; register one to the other and resample it.");
    }

    private static string Frame(DicomSeries series) => series.Header.TryGetString(DicomTag.FrameOfReferenceUID, out string? uid) ? uid : "";

    private sealed class Shifted(IProgress<int> progress, int offset) : IProgress<int>
    {
        public void Report(int value) => progress.Report(value + offset);
    }
}
