using System.Globalization;
using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Data.Readers;

/// <summary><see cref="DataFormat.NnUNet"/>: one file a channel, NIfTI or pictures.</summary>
internal static class NnUNetReader
{
    private const int NumberLength = 5;

    /// <summary>Whether dataset.json is there and images end with a channel's number.</summary>
    public static bool Fits(string folder) =>
        DatasetDescription.IsIn(folder) && ImageNames.In(Path.Combine(folder, "imagesTr")).Keys.Any(name => ChannelOf(name) == 0);

    /// <summary>Lists the cases of imagesTr.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: a file without channel number, or a channel is missing.</exception>
    public static IEnumerable<DatasetCase> List(string folder)
    {
        int channels = DatasetDescription.Read(folder).Channels;
        SortedDictionary<string, string> labels = ImageNames.In(Path.Combine(folder, "labelsTr"));
        SortedDictionary<string, List<string>> cases = new(StringComparer.Ordinal);
        foreach ((string name, string path) in ImageNames.In(Path.Combine(folder, "imagesTr")))
        {
            int channel = ChannelOf(name);
            if (channel < 0) throw new SegmentationException(ErrorCode.InvalidOption, $"{path} does not end with a channel's number such as _0000; rename it.");
            string one = name[..^NumberLength];
            List<string> files = cases.TryGetValue(one, out List<string>? known) ? known : cases[one] = [];
            // Files come in order of their numbers.
            if (files.Count != channel) throw Missing(one, files.Count);
            files.Add(path);
        }
        foreach ((string name, List<string> files) in cases)
        {
            // One picture may hold all channels: red, green and blue.
            if (files.Count < channels && (files.Count > 1 || ImageNames.IsVolume(files[0]))) throw Missing(name, files.Count);
            if (channels > 0 && files.Count > channels)
                throw new SegmentationException(ErrorCode.ChannelMismatch, $"{files[channels]} is channel {channels} of case {name} and dataset.json names {channels} channels; correct one of them.");
            yield return new DatasetCase(name, files, labels.GetValueOrDefault(name));
        }

        SegmentationException Missing(string name, int channel) => new(ErrorCode.ChannelMismatch,
            $"Case {name} has no file {name}_{channel:D4} in imagesTr; every case needs all channels of dataset.json.");
    }

    /// <summary>All files of labelsTr.</summary>
    public static IEnumerable<string> Labels(string folder) => ImageNames.In(Path.Combine(folder, "labelsTr")).Values;

    private static int ChannelOf(string name) =>
        name.Length > NumberLength && name[^NumberLength] == '_' && int.TryParse(name.AsSpan(name.Length - NumberLength + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : -1;
}
