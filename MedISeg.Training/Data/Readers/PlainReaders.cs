using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Data.Readers;

/// <summary>Layouts without a description file of their own: <see cref="DataFormat.Folders"/> and <see cref="DataFormat.Pairs"/>.</summary>
internal static class PlainReaders
{
    /// <summary>Whether there is a folder images.</summary>
    public static bool FitsFolders(string folder) => Directory.Exists(Path.Combine(folder, "images"));

    /// <summary>Pairs images with labels, or with masks where there is no folder labels.</summary>
    public static IEnumerable<DatasetCase> Folders(string folder)
    {
        SortedDictionary<string, string> labels = LabelsIn(folder);
        return ImageNames.In(Path.Combine(folder, "images")).Select(image =>
            new DatasetCase(image.Key, [image.Value], labels.GetValueOrDefault(image.Key) ?? ImageNames.LabelsOf(image.Key, labels)));
    }

    /// <summary>All labels of the layout folders.</summary>
    public static IEnumerable<string> Labels(string folder) => LabelsIn(folder).Values;

    /// <summary>Whether a file is called as a mask.</summary>
    public static bool FitsPairs(string folder) => ImageNames.In(folder).Keys.Any(name => ImageNames.CaseOf(name) is not null);

    /// <summary>Pairs X with X_label, X_mask and the like.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: a mask without image.</exception>
    public static IEnumerable<DatasetCase> Pairs(string folder)
    {
        SortedDictionary<string, string> files = ImageNames.In(folder);
        foreach ((string name, string path) in files)
        {
            if (ImageNames.CaseOf(name) is not { } owner)
                yield return new DatasetCase(name, [path], ImageNames.LabelsOf(name, files));
            else if (!files.ContainsKey(owner))
                throw new SegmentationException(ErrorCode.InvalidOption, $"{path} is called as a mask and has no image {owner} beside it; add the image or remove the mask.");
        }
    }

    private static SortedDictionary<string, string> LabelsIn(string folder)
    {
        string labelled = Path.Combine(folder, "labels");
        return ImageNames.In(Directory.Exists(labelled) ? labelled : Path.Combine(folder, "masks"));
    }
}
