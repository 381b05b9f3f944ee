using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Preprocessing;

namespace MedISeg.Training.Data.Readers;

/// <summary>Reads the files of a case.</summary>
internal static class CaseReader
{
    private static readonly ImageLimits Limits = new();

    /// <summary>Reads and joins the channels.</summary>
    public static Volume ReadImage(DatasetCase one)
    {
        Volume[] parts = [.. one.Images.Select(path => Named(path, () => Open(path, one.Place)))];
        Volume image = parts.Length == 1 ? parts[0] : Join(one, parts);
        return ColourConversion.Convert(image, one.Options.Colours);
    }

    /// <summary>Reads the truth and maps its values.</summary>
    public static LabelMap ReadLabels(DatasetCase one)
    {
        string path = one.Labels ?? throw one.Fault(ErrorCode.InvalidOption, "there are no labels");
        LabelMap labels = Named(path, () => LabelConversion.ToLabels(Single(Open(path, one.Place), one.Place is not null)));
        return Map(labels, one.Options);
    }

    private static Volume Open(string path, int? place) =>
        place is { } n ? NpyStack.Open(path).Read(n) : ImageReader.Read(path, Limits).Volume;

    /// <summary>Adds the file's name to a refusal.</summary>
    public static T Named<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SegmentationException fault)
        {
            throw new SegmentationException(fault.Code, $"{path}: {fault.Message}", fault);
        }
    }

    private static Volume Join(DatasetCase one, Volume[] parts)
    {
        for (int n = 1; n < parts.Length; n++)
            if (!parts[n].Geometry.Matches(parts[0].Geometry))
                throw one.Fault(ErrorCode.InvalidGeometry,
                    $"{Path.GetFileName(one.Images[n])} lies on another grid, {GridText.Of(parts[n].Geometry)} instead of {GridText.Of(parts[0].Geometry)}; bring all channels to one grid");
        Volume first = parts[0];
        bool alike = parts.All(p => p.VoxelType == first.VoxelType && p.Slope == first.Slope && p.Intercept == first.Intercept);
        return alike
            ? new Volume(first.Geometry, [.. parts.SelectMany(p => Enumerable.Range(0, p.Channels).Select(p.Stored))], first.Slope, first.Intercept)
            : new Volume(first.Geometry, [.. parts.SelectMany(p => Enumerable.Range(0, p.Channels).Select(p.ToFloats))]);
    }

    /// <summary>One channel of labels: the last one of CoNIC, which stores instances, then classes; any one where all are alike.</summary>
    private static Volume Single(Volume volume, bool last)
    {
        if (volume.Channels == 1) return volume;
        int take = volume.Channels - 1;
        if (!last)
            for (int c = 0; c < take; c++)
                if (!volume.ToFloats(c).AsSpan().SequenceEqual(volume.ToFloats(take)))
                    throw new SegmentationException(ErrorCode.ChannelMismatch,
                        $"Labels have one channel; this image has {volume.Channels} different ones. Store one number a voxel.");
        return new Volume(volume.Geometry, [volume.Stored(take)], volume.Slope, volume.Intercept);
    }

    private static LabelMap Map(LabelMap labels, DataOptions options)
    {
        if (options.Labels != LabelRule.Positive && options.LabelValues is null) return labels;
        ushort[] table = new ushort[ushort.MaxValue + 1];
        for (int value = 0; value < table.Length; value++) table[value] = options.Labels == LabelRule.Positive ? (ushort)Math.Min(value, 1) : (ushort)value;
        foreach ((int value, int id) in options.LabelValues ?? new Dictionary<int, int>()) table[value] = (ushort)id;
        ushort[] words = new ushort[labels.Geometry.Grid.VoxelCount];
        if (labels.IsWide)
            for (int n = 0; n < words.Length; n++) words[n] = table[labels.Words[n]];
        else
            for (int n = 0; n < words.Length; n++) words[n] = table[labels.Bytes[n]];
        return new LabelMap(labels.Geometry, words);
    }
}
