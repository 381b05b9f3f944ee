using System.Globalization;
using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Data.Readers;

/// <summary>Layouts of the paper's challenges: KiTS19, LiTS17, ISIC 2018.</summary>
internal static class ChallengeReaders
{
    /// <summary>Cases from this number on are the challenge's test set and have no labels.</summary>
    private const int KitsTestFrom = 210;

    /// <summary>Cases that the paper drops.</summary>
    private static readonly int[] KitsDropped = [15, 23, 37, 68, 125, 133];

    /// <summary>Whether there is a case of KiTS19.</summary>
    public static bool FitsKits(string folder) => KitsCases(folder).Any();

    /// <summary>Lists the cases of KiTS19.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: a case has no image; they are fetched apart.</exception>
    public static IEnumerable<DatasetCase> Kits(string folder, bool keepAll)
    {
        foreach ((int number, string path) in KitsCases(folder))
        {
            if (!keepAll && KitsDropped.Contains(number)) continue;
            SortedDictionary<string, string> files = ImageNames.In(path);
            string? image = files.GetValueOrDefault("imaging"), labels = files.GetValueOrDefault("segmentation");
            if (labels is null && number >= KitsTestFrom) continue;
            yield return new DatasetCase(Path.GetFileName(path),
                [image ?? throw new SegmentationException(ErrorCode.InvalidOption, $"{path} has no imaging.nii.gz; fetch the images of KiTS19 or remove the case.")], labels);
        }
    }

    /// <summary>Whether there is an image of LiTS17.</summary>
    public static bool FitsLits(string folder) => ImageNames.In(folder).Keys.Any(name => name.StartsWith("volume-", StringComparison.Ordinal));

    /// <summary>Lists the cases of LiTS17.</summary>
    public static IEnumerable<DatasetCase> Lits(string folder)
    {
        SortedDictionary<string, string> files = ImageNames.In(folder);
        return files.Where(file => file.Key.StartsWith("volume-", StringComparison.Ordinal)).Select(file =>
            new DatasetCase(file.Key, [file.Value], files.GetValueOrDefault("segmentation-" + file.Key["volume-".Length..])));
    }

    /// <summary>All labels of LiTS17.</summary>
    public static IEnumerable<string> LitsLabels(string folder) =>
        ImageNames.In(folder).Where(file => file.Key.StartsWith("segmentation-", StringComparison.Ordinal)).Select(file => file.Value);

    /// <summary>Whether there is an image of ISIC 2018, here or in the challenge's own folder.</summary>
    public static bool FitsIsic(string folder) => IsicImages(folder).Any();

    /// <summary>Lists the cases of ISIC 2018; the names carry no patient.</summary>
    public static IEnumerable<DatasetCase> Isic(string folder)
    {
        SortedDictionary<string, string> masks = ImageNames.In(Below(folder, "_GroundTruth"));
        return IsicImages(folder).Select(image => new DatasetCase(image.Key, [image.Value], masks.GetValueOrDefault(image.Key + "_segmentation")));
    }

    private static IEnumerable<(int Number, string Path)> KitsCases(string folder) => Directory.EnumerateDirectories(folder, "case_*").Order(StringComparer.Ordinal)
        .Select(path => (int.TryParse(Path.GetFileName(path).AsSpan("case_".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : -1, path))
        .Where(one => one.Item1 >= 0);

    private static IEnumerable<KeyValuePair<string, string>> IsicImages(string folder) => ImageNames.In(Below(folder, "_Input"))
        .Where(file => file.Key.StartsWith("ISIC_", StringComparison.Ordinal) && ImageNames.CaseOf(file.Key) is null);

    /// <summary>The folder below whose name ends so, as the challenge packs it, its training part first; else the folder itself.</summary>
    private static string Below(string folder, string ending) => Directory.EnumerateDirectories(folder)
        .Where(path => path.EndsWith(ending, StringComparison.Ordinal))
        .OrderBy(path => !Path.GetFileName(path).Contains("Training", StringComparison.Ordinal)).ThenBy(path => path, StringComparer.Ordinal)
        .FirstOrDefault(folder);
}
