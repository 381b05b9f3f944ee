using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Data;

/// <summary>A data set on disk: <c>images/NAME.nii.gz</c> and <c>labels/NAME.nii.gz</c> (also .nii), one pair a case, sorted by name.</summary>
internal static class DatasetFolder
{
    private static readonly string[] Endings = [".nii.gz", ".nii"];

    /// <summary>Lists the cases.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: no image, or images without labels.</exception>
    public static IReadOnlyList<DatasetCase> List(string folder)
    {
        SortedDictionary<string, string> images = Files(folder, "images"), labels = Files(folder, "labels");
        if (images.Count == 0)
            throw new SegmentationException(ErrorCode.InvalidOption, "The data folder has no images/*.nii.gz; make data first or name another folder.");
        int lacking = images.Keys.Count(name => !labels.ContainsKey(name));
        if (lacking > 0)
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"{lacking} of {images.Count} images have no file of the same name in labels; add them or remove the images.");
        return [.. images.Select(image => new DatasetCase(image.Key, image.Value, labels[image.Key]))];
    }

    /// <summary>Splits cases: each k-th one from the fold's number on is validated.</summary>
    /// <param name="cases">Sorted cases.</param>
    /// <param name="folds">Number of parts.</param>
    /// <param name="fold">Part to validate on.</param>
    /// <param name="seed">Orders the cases before they are dealt out.</param>
    public static (IReadOnlyList<DatasetCase> Training, IReadOnlyList<DatasetCase> Validation) Split(
        IReadOnlyList<DatasetCase> cases, int folds, int fold, int seed)
    {
        if (cases.Count < folds)
            throw new SegmentationException(ErrorCode.InvalidOption, $"{folds} folds need at least {folds} cases; there are {cases.Count}.");
        int[] order = [.. Enumerable.Range(0, cases.Count)];
        SeededRandom random = new(seed, 0, stream: 3);
        for (int n = order.Length - 1; n > 0; n--)
        {
            int other = random.NextInt(n + 1);
            (order[n], order[other]) = (order[other], order[n]);
        }
        HashSet<int> held = [.. order.Where((_, place) => place % folds == fold)];
        return ([.. cases.Where((_, n) => !held.Contains(n))], [.. cases.Where((_, n) => held.Contains(n))]);
    }

    private static SortedDictionary<string, string> Files(string folder, string part)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        string path = Path.Combine(folder, part);
        if (!Directory.Exists(path)) return files;
        foreach (string file in Directory.EnumerateFiles(path))
            if (Endings.FirstOrDefault(e => file.EndsWith(e, StringComparison.Ordinal)) is { } ending)
                files.Add(Path.GetFileName(file)[..^ending.Length], file);
        return files;
    }
}

/// <summary>Files of one case.</summary>
/// <param name="Name">File name without ending.</param>
/// <param name="ImagePath">Image.</param>
/// <param name="LabelsPath">Truth on the same grid.</param>
internal sealed record DatasetCase(string Name, string ImagePath, string LabelsPath);
