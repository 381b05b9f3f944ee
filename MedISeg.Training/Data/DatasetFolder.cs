using System.Text.RegularExpressions;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Data.Readers;
using MedISeg.Training.Data.Splits;

namespace MedISeg.Training.Data;

/// <summary>A data set on disk, in any of the layouts of <see cref="DataFormat"/>.</summary>
internal static class DatasetFolder
{
    private const int NamesShown = 3;

    /// <summary>Layouts in the order they are looked for.</summary>
    private static readonly Layout[] Layouts =
    [
        new(DataFormat.NnUNet, "nnu-net (imagesTr/X_0000.*, labelsTr/X.*, dataset.json)", NnUNetReader.Fits, (folder, _) => NnUNetReader.List(folder), NnUNetReader.Labels),
        new(DataFormat.Decathlon, "decathlon (imagesTr/X.nii.gz, labelsTr/X.nii.gz, dataset.json)", DatasetDescription.IsIn, (folder, _) => DecathlonReader.List(folder)),
        new(DataFormat.Folders, "folders (images/X.* and labels/X.* or masks/X.*)", PlainReaders.FitsFolders, (folder, _) => PlainReaders.Folders(folder), PlainReaders.Labels),
        new(DataFormat.Conic, "conic (images.npy, labels.npy)", ConicReader.Fits, (folder, _) => ConicReader.List(folder)),
        new(DataFormat.Kits19, "kits19 (case_00000/imaging.nii.gz and segmentation.nii.gz)", ChallengeReaders.FitsKits, (folder, options) => ChallengeReaders.Kits(folder, options.KeepAll)),
        new(DataFormat.Lits17, "lits17 (volume-0.nii and segmentation-0.nii)", ChallengeReaders.FitsLits, (folder, _) => ChallengeReaders.Lits(folder), ChallengeReaders.LitsLabels),
        new(DataFormat.Isic2018, "isic2018 (ISIC_*.jpg and ISIC_*_segmentation.png)", ChallengeReaders.FitsIsic, (folder, _) => ChallengeReaders.Isic(folder)),
        new(DataFormat.Pairs, "pairs (X.png and X_label.png or X_mask.png)", PlainReaders.FitsPairs, (folder, _) => PlainReaders.Pairs(folder)),
    ];

    /// <summary>Lists the cases, sorted by name; no image is read.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How it is read; null: as by default.</param>
    /// <param name="labelled">Whether a case without labels is refused.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: no such folder, no layout that is read here, no case, an
    /// image without labels, in some layouts labels without image, or a name that a pattern does not fit; files are named.</exception>
    public static IReadOnlyList<DatasetCase> List(string folder, DataOptions? options = null, bool labelled = true)
    {
        options ??= new DataOptions();
        if (!Directory.Exists(folder)) throw new SegmentationException(ErrorCode.InvalidOption, $"There is no data folder {folder}; make data first or name another folder.");
        Layout layout = options.Format is { } format ? Layouts.First(l => l.Format == format) : Detect(folder);
        DatasetCase[] all = [.. layout.List(folder, options)];
        DatasetCase[] cases = [.. all.Where(one => !options.Exclude.Contains(one.Name)).OrderBy(one => one.Name, StringComparer.Ordinal)];
        if (cases.Length == 0)
            throw new SegmentationException(ErrorCode.InvalidOption, $"The data folder {folder} has no images in the layout {layout.Text}; add some or name another folder.");
        DatasetCase[] bare = [.. cases.Where(one => one.Labels is null)];
        if (labelled && bare.Length > 0)
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"{bare.Length} of {cases.Length} images have no labels in the layout {layout.Text}: {Names(bare.Select(b => b.Images[0]))}; add them or remove the images.");
        // A name that is spelt in two ways would lose a case unseen.
        string[] lone = [.. (labelled && layout.Labels is { } labels ? labels(folder) : []).Except(all.Select(one => one.Labels))!];
        if (lone.Length > 0)
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"{lone.Length} files of labels belong to no image in the layout {layout.Text}: {Names(lone)}; add the images, or move the labels away.");
        return [.. cases.Select(one => Patterns(one with { Options = options }))];
    }

    /// <summary>Refuses names of <see cref="DataOptions.Exclude"/> that nothing knows: misspelt, they would leave their cases in.</summary>
    /// <param name="folders">The data folders.</param>
    /// <param name="options">How they are read.</param>
    /// <param name="split">Names that are known although they may lie elsewhere; null: none.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: they are named.</exception>
    public static void CheckExcluded(IEnumerable<string> folders, DataOptions options, DataSplit? split)
    {
        DataOptions all = options with { Exclude = [], GroupPattern = null, KindPattern = null, KeepAll = true };
        HashSet<string> known = [.. folders.SelectMany(folder => List(folder, all, labelled: false)).Select(one => one.Name)];
        string[] strange = [.. options.Exclude.Where(name => !known.Contains(name) && split?.Contains(name) != true)];
        if (strange.Length > 0)
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"data.exclude names {strange.Length} cases that are in no data folder: {Names(strange)}; correct the names, which have no file ending, or take them out.");
    }

    /// <summary>The first few of many names.</summary>
    internal static string Names(IEnumerable<string> all)
    {
        string[] names = [.. all];
        return string.Join(", ", names.Take(NamesShown)) + (names.Length > NamesShown ? $" and {names.Length - NamesShown} more" : "");
    }

    private static Layout Detect(string folder) => Layouts.FirstOrDefault(layout => layout.Fits(folder))
        ?? throw new SegmentationException(ErrorCode.InvalidOption,
            $"The data folder {folder} is empty or in no layout that is read here: {string.Join("; ", Layouts.Select(l => l.Text))}.");

    private static DatasetCase Patterns(DatasetCase one) => one with
    {
        Group = one.Options.GroupPattern is { } group ? Part(one, group, "data.groupPattern") : one.Group,
        Kind = one.Options.KindPattern is { } kind ? Part(one, kind, "data.kindPattern") : one.Kind,
    };

    private static string Part(DatasetCase one, string pattern, string key)
    {
        Match match = DataOptions.Compile(pattern)?.Match(one.Name) ?? Match.Empty;
        if (!match.Success) throw one.Fault(ErrorCode.InvalidOption, $"{key} does not fit its name; correct the pattern");
        return match.Groups.Count > 1 && match.Groups[1].Success ? match.Groups[1].Value : match.Value;
    }

    private sealed record Layout(DataFormat Format, string Text, Func<string, bool> Fits, Func<string, DataOptions, IEnumerable<DatasetCase>> List,
        Func<string, IEnumerable<string>>? Labels = null);
}
