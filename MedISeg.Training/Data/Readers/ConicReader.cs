using System.Globalization;
using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Data.Readers;

/// <summary><see cref="DataFormat.Conic"/>: all pictures in one .npy file; pictures cut from one slide are a group, its source the kind.</summary>
internal static class ConicReader
{
    /// <summary>Whether images.npy is there.</summary>
    public static bool Fits(string folder) => File.Exists(Path.Combine(folder, "images.npy"));

    /// <summary>Lists the pictures in their order.</summary>
    /// <exception cref="SegmentationException">A file cannot be read, or the files hold different numbers of pictures.</exception>
    public static IEnumerable<DatasetCase> List(string folder)
    {
        string images = Path.Combine(folder, "images.npy"), labels = Path.Combine(folder, "labels.npy");
        int count = Count(images);
        string? truth = File.Exists(labels) ? labels : null;
        if (truth is not null && Count(truth) is var labelled && labelled != count)
            throw new SegmentationException(ErrorCode.InvalidOption, $"{images} holds {count} pictures and {labels} {labelled}; both need the same number.");
        List<string>? sources = Sources(folder, count);
        return Enumerable.Range(0, count).Select(n => Case(n, images, truth, sources?[n]));
    }

    private static DatasetCase Case(int n, string images, string? labels, string? source)
    {
        DatasetCase one = new("conic_" + n.ToString("D5", CultureInfo.InvariantCulture), [images], labels) { Place = n };
        // consep_1-0003: picture 3 of slide 1 of the source consep.
        return source is null ? one : one with { Group = source.Split('-')[0], Kind = source.Split('_')[0] };
    }

    private static int Count(string path) => CaseReader.Named(path, () => NpyStack.Open(path).Count);

    private static List<string>? Sources(string folder, int count)
    {
        string path = Path.Combine(folder, "patch_info.csv");
        if (!File.Exists(path)) return null;
        List<string> sources = [.. File.ReadLines(path).Skip(1).Where(line => line.Length > 0).Select(line => line.Split(',')[^1].Trim().Trim('"'))];
        return sources.Count == count
            ? sources
            : throw new SegmentationException(ErrorCode.InvalidOption, $"{path} has {sources.Count} lines below its head and images.npy {count} pictures; get the matching file or remove it.");
    }
}
