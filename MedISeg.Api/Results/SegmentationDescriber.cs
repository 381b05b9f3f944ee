using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedISeg.Api.Options;
using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Pictures;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;

namespace MedISeg.Api.Results;

/// <summary>Says of a DICOM segmentation what made it and what its segments are, as the package and the recipe tell.</summary>
internal static class SegmentationDescriber
{
    /// <summary>Longest text of value representation LO.</summary>
    private const int LongestText = 64;

    /// <summary>Digits of the package's hash that fit behind the longest version.</summary>
    private const int HashDigits = 24;

    /// <summary>The number where the source has none.</summary>
    private const int SeriesNumberWithoutSource = 300;

    /// <summary>The source's number is believed up to here: sums stay within what viewers show.</summary>
    private const int LargestSourceNumber = 99_999;

    /// <summary>What a class without codes is: SNOMED CT's least specific kind of segment.</summary>
    private static readonly DicomCode Tissue = new("SCT", "85756007", "Tissue");

    private static readonly DicomCode Left = new("SCT", "7771000", "Left"), Right = new("SCT", "24028007", "Right"), Both = new("SCT", "51440002", "Bilateral");

    /// <summary>Describes the segmentation of a job.</summary>
    /// <param name="manifest">The package: every class but background becomes a segment, in its order.</param>
    /// <param name="recipe">What ran.</param>
    /// <param name="sources">Series of the channels; the first one's grid is the result's.</param>
    /// <param name="options">Names and numbers of this installation.</param>
    /// <param name="now">Time of creation; stable objects take the source's, so that they are the same in every byte.</param>
    public static SegmentationDescription Create(
        ModelManifest manifest, RunRecipe recipe, IReadOnlyList<DicomSeries> sources, DicomResultOptions options, DateTimeOffset now)
    {
        DicomDataset header = sources[0].Header;
        bool stable = recipe.Options.Uids == UidPolicy.Stable;
        Func<string, string> uid = stable ? Stable(recipe, sources, options.UidRoot) : _ => DicomUID.Generate(options.UidRoot);
        string tracked = Tracked(recipe, sources);
        return new SegmentationDescription
        {
            Segments = [.. manifest.Classes.Where(c => c.Id != 0).Select(c => Segment(c, tracked, options.UidRoot))],
            AlgorithmName = Text(recipe.Model),
            AlgorithmVersion = Text($"{recipe.Version} sha256:{recipe.Sha256[..HashDigits]}"),
            AlgorithmParameters = JsonSerializer.Serialize(recipe.Options, SegmentationOptions.Json),
            SoftwareVersion = Text(recipe.Software),
            UidRoot = options.UidRoot,
            SopInstanceUid = uid("instance"),
            SeriesInstanceUid = uid("series"),
            DimensionOrganizationUid = uid("dimensions"),
            DeviceSerialNumber = Text(options.DeviceSerialNumber),
            SeriesNumber = Number(header, options.SeriesNumberStep),
            SeriesDescription = Text(options.SeriesDescription.Replace("{model}", recipe.Model, StringComparison.Ordinal)
                .Replace("{version}", recipe.Version, StringComparison.Ordinal)),
            CreatedAt = stable ? DateOf(header) : now,
        };
    }

    /// <summary>Describes the regions of a package as segments, which overlap; null: it has none.</summary>
    /// <inheritdoc cref="Create" path="/param"/>
    public static IReadOnlyList<SegmentDescription>? Regions(ModelManifest manifest, RunRecipe recipe, IReadOnlyList<DicomSeries> sources, DicomResultOptions options)
    {
        string tracked = Tracked(recipe, sources);
        return manifest.Regions?.Select((region, n) => Segment(new ModelClass
        {
            Id = n + 1,
            Name = region.Name ?? string.Join(" + ", region.Labels.Select(label => manifest.Classes.First(c => c.Id == label).Name)),
            Colour = region.Colour,
            Category = region.Category,
            Type = region.Type,
            Laterality = region.Laterality,
        }, tracked + "|region", options.UidRoot) with { Labels = region.Labels }).ToArray();
    }

    private static SegmentDescription Segment(ModelClass c, string tracked, string root) => new()
    {
        Labels = [c.Id],
        Name = Text(c.Name) is { Length: > 0 } name ? name : string.Create(CultureInfo.InvariantCulture, $"Class {c.Id}"),
        Category = Code(c.Category),
        Type = Code(c.Type),
        Modifiers = c.Laterality switch
        {
            "left" => [Left],
            "right" => [Right],
            "both" => [Both],
            _ => [],
        },
        Colour = c.Colour is null ? null : Rgb.Parse(c.Colour),
        TrackingUid = DicomUID.Derive(string.Create(CultureInfo.InvariantCulture, $"{tracked}|segment|{c.Id}"), root),
    };

    /// <summary>What the tracking UIDs are made of.</summary>
    private static string Tracked(RunRecipe recipe, IReadOnlyList<DicomSeries> sources)
    {
        string series = sources[0].Header.GetSingleValueOrDefault(DicomTag.SeriesInstanceUID, "");
        // Careless anonymisation empties it; all such series would share their tracking.
        if (series.Length == 0) series = sources[0].Header.GetSingleValueOrDefault(DicomTag.SOPInstanceUID, "");
        return series + "|" + recipe.Sha256;
    }

    /// <summary>A damaged number of the source is no reason to have no result.</summary>
    private static int Number(DicomDataset header, int step) =>
        header.TryGetString(DicomTag.SeriesNumber, out string? text)
        && int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int number)
        && number <= LargestSourceNumber
            ? number + step
            : SeriesNumberWithoutSource;

    private static DicomCode Code(IReadOnlyList<string>? code) => code is null ? Tissue : new DicomCode(code[0], code[1], Text(code[2]));

    /// <summary>UIDs of the source's instances, the package and the recipe: other slices of one series make another object.</summary>
    private static Func<string, string> Stable(RunRecipe recipe, IReadOnlyList<DicomSeries> sources, string root)
    {
        StringBuilder text = new();
        foreach (DicomSlice slice in sources.SelectMany(series => series.Slices))
            text.Append(slice.Header.GetSingleValueOrDefault(DicomTag.SOPInstanceUID, "")).Append('.').Append(slice.Frame).Append('|');
        text.Append(recipe.Sha256).Append('|').Append(JsonSerializer.Serialize(recipe, SegmentationOptions.Json));
        string source = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        return role => DicomUID.Derive(source + "|" + role, root);
    }

    /// <summary>When the source's series, or its study, was made; 1970 where it does not say.</summary>
    private static DateTimeOffset DateOf(DicomDataset header)
    {
        foreach ((DicomTag date, DicomTag time) in new[] { (DicomTag.SeriesDate, DicomTag.SeriesTime), (DicomTag.StudyDate, DicomTag.StudyTime) })
        {
            string day = header.GetSingleValueOrDefault(date, ""), clock = header.GetSingleValueOrDefault(time, "").Split('.')[0];
            if (DateTimeOffset.TryParseExact(
                day + clock, ["yyyyMMddHHmmss", "yyyyMMddHHmm", "yyyyMMddHH", "yyyyMMdd"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset made))
                return made;
        }
        return DateTimeOffset.UnixEpoch;
    }

    /// <summary>A text fit for LO: no backslash, no control characters, at most 64.</summary>
    private static string Text(string text)
    {
        string clean = string.Concat(text.Select(c => c == '\\' || char.IsControl(c) ? ' ' : c)).Trim();
        if (clean.Length <= LongestText) return clean;
        // Half of a surrogate pair is no character.
        return clean[..(char.IsHighSurrogate(clean[LongestText - 1]) ? LongestText - 1 : LongestText)].TrimEnd();
    }
}
