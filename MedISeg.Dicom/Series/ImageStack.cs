using System.Globalization;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Series;

/// <summary>Images of one series that can form one volume: one size, one orientation, each place once.</summary>
/// <param name="Slices">In the order in which they came.</param>
/// <param name="Kind">What sets them apart from others of their series, such as <c>echo 2</c>; empty: nothing.</param>
/// <param name="IsLocalizer">Whether they are scouts, on which a scan was planned.</param>
internal sealed record ImageStack(IReadOnlyList<DicomSlice> Slices, string Kind, bool IsLocalizer)
{
    private const string LocalizerType = "LOCALIZER";

    /// <summary>What images at one place can differ in, the surest first. Source: PS3.3 C.7.6.16.2.2, C.8.3.1, C.8.13.</summary>
    private static readonly (DicomTag Group, DicomTag Tag, string Word)[] Differences =
    [
        (DicomTag.FrameContentSequence, DicomTag.StackID, "stack"),
        (DicomTag.FrameContentSequence, DicomTag.TemporalPositionIndex, "time point"),
        (DicomTag.FrameContentSequence, DicomTag.TemporalPositionIdentifier, "time point"),
        (DicomTag.MRDiffusionSequence, DicomTag.DiffusionBValue, "b-value"),
        (DicomTag.MREchoSequence, DicomTag.EchoNumbers, "echo"),
        (DicomTag.MREchoSequence, DicomTag.EffectiveEchoTime, "echo time"),
        (DicomTag.MREchoSequence, DicomTag.EchoTime, "echo time"),
        (DicomTag.FrameContentSequence, DicomTag.InversionTime, "inversion time"),
        (DicomTag.CardiacSynchronizationSequence, DicomTag.NominalCardiacTriggerDelayTime, "trigger delay"),
        (DicomTag.FrameContentSequence, DicomTag.TriggerTime, "trigger time"),
        (DicomTag.FrameContentSequence, DicomTag.AcquisitionNumber, "acquisition"),
        (DicomTag.FrameContentSequence, DicomTag.ImageType, "kind"),
    ];

    /// <summary>Takes the images of a series apart. What no attribute explains - an image that came twice, one slice turned - is left together,
    /// to be refused as what it is.</summary>
    /// <param name="slices">All images of one SeriesInstanceUID.</param>
    /// <returns>One or more stacks, scouts last.</returns>
    public static IReadOnlyList<ImageStack> Split(IReadOnlyList<DicomSlice> slices)
    {
        List<ImageStack> stacks = [];
        foreach (IGrouping<bool, DicomSlice> part in slices.GroupBy(IsScout).OrderBy(part => part.Key))
        {
            List<DicomSlice[]> shapes = [.. part.GroupBy(Shape).Select(shape => shape.ToArray())];
            // A single one that differs is a fault rather than a stack.
            if (shapes.Any(shape => shape.Length < 2)) shapes = [[.. part]];
            foreach (DicomSlice[] shape in shapes)
                foreach ((IReadOnlyList<DicomSlice> stack, string kind) in Apart(shape, ""))
                    stacks.Add(new ImageStack(stack, kind, part.Key));
        }
        return stacks;
    }

    /// <summary>How messages name the stack: modality, kind and size; no values that could be somebody's name.</summary>
    public string Describe()
    {
        DicomDataset header = Slices[0].Header;
        string modality = SeriesRules.KnownModality(header) is { } code ? code + ", " : "", kind = Kind.Length > 0 ? Kind + ", " : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{modality}{kind}{(IsLocalizer ? "localizer, " : "")}{Slices.Count} images of {header.GetSingleValueOrDefault(DicomTag.Columns, 0)}x{header.GetSingleValueOrDefault(DicomTag.Rows, 0)}");
    }

    private static IEnumerable<(IReadOnlyList<DicomSlice> Stack, string Kind)> Apart(IReadOnlyList<DicomSlice> slices, string kind)
    {
        DicomSlice[][] repeated = [.. slices.GroupBy(Place).Where(place => place.Key.Length > 0 && place.Count() > 1).Select(place => place.ToArray())];
        foreach ((DicomTag group, DicomTag tag, string word) in Differences)
        {
            if (repeated.Length == 0) break;
            string Value(DicomSlice slice) => Text(slice, group, tag);
            if (!repeated.All(place => place.Select(Value).Distinct(StringComparer.Ordinal).Count() > 1)) continue;
            IGrouping<string, DicomSlice>[] parts = [.. slices.GroupBy(Value, StringComparer.Ordinal).OrderBy(part => Number(part.Key)).ThenBy(part => part.Key, StringComparer.Ordinal)];
            return parts.SelectMany((part, n) =>
            {
                double number = Number(part.Key);
                string value = string.Create(CultureInfo.InvariantCulture, $"{word} {(double.IsFinite(number) ? number : n + 1)}");
                return Apart([.. part], kind.Length > 0 ? $"{kind}, {value}" : value);
            });
        }
        return [(slices, kind)];
    }

    private static bool IsScout(DicomSlice slice) => Text(slice, DicomTag.FrameContentSequence, DicomTag.ImageType).Contains(LocalizerType, StringComparison.Ordinal);

    /// <summary>Size and orientation, the latter as coarse as a series' slices may differ.</summary>
    private static string Shape(DicomSlice slice)
    {
        const int Digits = 2;
        DicomDataset header = slice.Header;
        string size = $"{header.GetSingleValueOrDefault(DicomTag.Rows, 0)}x{header.GetSingleValueOrDefault(DicomTag.Columns, 0)}";
        return size + "|" + Numbers(slice, DicomTag.PlaneOrientationSequence, DicomTag.ImageOrientationPatient, Digits);
    }

    /// <summary>Where the image lies; empty where it does not say it.</summary>
    private static string Place(DicomSlice slice)
    {
        const int Digits = 2;
        return Numbers(slice, DicomTag.PlanePositionSequence, DicomTag.ImagePositionPatient, Digits);
    }

    private static string Numbers(DicomSlice slice, DicomTag group, DicomTag tag, int digits)
    {
        try
        {
            return slice.AttributesOf(group).TryGetValues(tag, out double[]? values)
                ? string.Join('|', values.Select(value => (Math.Round(value, digits) + 0.0).ToString(CultureInfo.InvariantCulture)))
                : "";
        }
        catch (SegmentationException)
        {
            // Refused where the geometry is read.
            return "";
        }
    }

    private static string Text(DicomSlice slice, DicomTag group, DicomTag tag)
    {
        try
        {
            return slice.AttributesOf(group).TryGetString(tag, out string? text) || slice.Header.TryGetString(tag, out text) ? text : "";
        }
        catch (SegmentationException)
        {
            return "";
        }
    }

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.PositiveInfinity;
}
