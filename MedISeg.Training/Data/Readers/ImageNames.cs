using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Data.Readers;

/// <summary>Names of image files.</summary>
internal static class ImageNames
{
    private static readonly string[] Endings = [".nii.gz", ".nii", ".nrrd", ".mha", ".png", ".jpg", ".jpeg", ".tif", ".tiff"];
    private static readonly string[] LabelEndings = ["_label", "_labels", "_mask", "_masks", "_segmentation", "_seg"];

    /// <summary>Image files of a folder by their names without ending, in ordinal order; hidden files and <c>._</c> copies are passed over.</summary>
    /// <param name="folder">May be missing: empty.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: two files differ in their ending only.</exception>
    public static SortedDictionary<string, string> In(string folder)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        if (!Directory.Exists(folder)) return files;
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            string name = Path.GetFileName(path);
            if (name.StartsWith('.') || EndingOf(name) is not { } ending) continue;
            if (!files.TryAdd(name[..^ending.Length], path))
                throw new SegmentationException(ErrorCode.InvalidOption,
                    $"{folder} has {name} and {Path.GetFileName(files[name[..^ending.Length]])}, which would be one case; remove one of them.");
        }
        return files;
    }

    /// <summary>The file of a case with <c>_label</c>, <c>_mask</c> and the like behind its name; null: none.</summary>
    public static string? LabelsOf(string name, SortedDictionary<string, string> labels) =>
        LabelEndings.Select(ending => labels.GetValueOrDefault(name + ending)).FirstOrDefault(path => path is not null);

    /// <summary>The case that a name such as <c>X_mask</c> belongs to; null: the name has no such ending.</summary>
    public static string? CaseOf(string labelName) =>
        LabelEndings.FirstOrDefault(e => labelName.EndsWith(e, StringComparison.Ordinal)) is { } ending ? labelName[..^ending.Length] : null;

    /// <summary>File name without folder and ending.</summary>
    public static string Stem(string path)
    {
        string name = Path.GetFileName(path);
        return EndingOf(name) is { } ending ? name[..^ending.Length] : name;
    }

    /// <summary>Whether a file is called as a volume, which has a place and a spacing in mm: NIfTI, NRRD or MetaImage.</summary>
    public static bool IsVolume(string path) => EndingOf(path) is ".nii.gz" or ".nii" or ".nrrd" or ".mha";

    private static string? EndingOf(string name) => Endings.FirstOrDefault(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));
}
