using System.Globalization;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Series;

/// <summary>Standardised uptake values of PET: activity per ml over injected activity per g of body weight, in g/ml.</summary>
/// <remarks>Source: QIBA, "SUV Vendor-neutral pseudo-code", happy path; PS3.3 C.8.9.1.</remarks>
public static class StandardUptake
{
    private static readonly string[] DateTimeFormats = ["yyyyMMddHHmmss.FFFFFF", "yyyyMMddHHmmss", "yyyyMMddHHmm"];

    /// <summary>Factor from a series' values to SUV by body weight.</summary>
    /// <param name="series">A PET series.</param>
    /// <returns>Above 0; 1 where the values are SUV by body weight already.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: the series does not say what it takes, or its values
    /// are no decay-corrected activity; the detail names the attribute.</exception>
    public static double FactorOf(DicomSeries series)
    {
        DicomDataset header = series.Header;
        string units = header.GetSingleValueOrDefault(DicomTag.Units, "");
        if (units == "GML") return 1;
        if (units != "BQML") throw Refused($"its {DicomTag.Units} are not BQML");
        DicomDataset tracer = header.TryGetSequence(DicomTag.RadiopharmaceuticalInformationSequence, out DicomSequence? tracers) && tracers.Items.Count > 0
            ? tracers.Items[0]
            : throw Missing(DicomTag.RadiopharmaceuticalInformationSequence);
        double weight = Positive(header, DicomTag.PatientWeight), dose = Positive(tracer, DicomTag.RadionuclideTotalDose);
        string correction = header.GetSingleValueOrDefault(DicomTag.DecayCorrection, "");
        double left = correction switch
        {
            "ADMIN" => 1,
            "START" => Math.Pow(2, -SecondsToScan(series, tracer) / Positive(tracer, DicomTag.RadionuclideHalfLife)),
            _ => throw Refused($"its {DicomTag.DecayCorrection} is neither START nor ADMIN"),
        };
        const double GramsPerKilogram = 1000;
        return weight * GramsPerKilogram / (dose * left);
    }

    /// <summary>From the injection to the time that the activity is corrected to: the series' time, or the first acquisition's where a series was made
    /// of another one afterwards.</summary>
    private static double SecondsToScan(DicomSeries series, DicomDataset tracer)
    {
        DateTime begun = Time(series.Header, DicomTag.SeriesDate, DicomTag.SeriesTime) ?? throw Missing(DicomTag.SeriesTime);
        DateTime? acquired = series.Slices.Select(slice => Time(slice.Header, DicomTag.AcquisitionDate, DicomTag.AcquisitionTime)).Min();
        DateTime scan = acquired < begun ? acquired.Value : begun;
        DateTime injected = Parse(tracer.GetSingleValueOrDefault(DicomTag.RadiopharmaceuticalStartDateTime, "")) is { } exact
            ? exact
            : Parse(scan.ToString("yyyyMMdd", CultureInfo.InvariantCulture) + tracer.GetSingleValueOrDefault(DicomTag.RadiopharmaceuticalStartTime, "")) is { } today
                // A time of day alone: the injection was before the scan, if need be on the day before.
                ? today <= scan ? today : today.AddDays(-1)
                : throw Missing(DicomTag.RadiopharmaceuticalStartTime);
        double seconds = (scan - injected).TotalSeconds;
        return seconds is >= 0 and < 24 * 3600 ? seconds : throw Refused("its times of injection and scan are not within a day of each other");
    }

    private static DateTime? Time(DicomDataset header, DicomTag date, DicomTag time) =>
        Parse(header.GetSingleValueOrDefault(date, "") + header.GetSingleValueOrDefault(time, ""));

    /// <summary>A date and time as DICOM writes it; a time zone behind it is that of all times of the object.</summary>
    private static DateTime? Parse(string text)
    {
        int zone = text.IndexOfAny(['+', '-']);
        return DateTime.TryParseExact(
            (zone < 0 ? text : text[..zone]).Trim(), DateTimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime time) ? time : null;
    }

    private static double Positive(DicomDataset dataset, DicomTag tag)
    {
        double value = dataset.GetSingleValueOrDefault(tag, 0.0);
        return double.IsFinite(value) && value > 0 ? value : throw Missing(tag);
    }

    private static SegmentationException Missing(DicomTag tag) => Refused($"it does not say {tag}");

    private static SegmentationException Refused(string why) => new(ErrorCode.UnreadableImage,
        $"The PET series cannot be brought to standardised uptake values: {why}. Complete it, or ask for option petUnits 'stored'.");
}
