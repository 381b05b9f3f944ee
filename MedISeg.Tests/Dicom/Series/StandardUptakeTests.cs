using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;

namespace MedISeg.Tests.Dicom.Series;

public sealed class StandardUptakeTests
{
    /// <summary>370 MBq of fluorine-18 (half-life 6586.2 s), 70 kg, one hour: <c>python3 -c 'print(70000/(370e6*2**(-3600/6586.2)))'</c>.</summary>
    private const double OneHour = 0.00027633668171764324;

    [Theory]
    [InlineData("START", "20260301", "130000", "120000", "", OneHour)]
    [InlineData("START", "20260301", "130000.000000", "120000.00", "", OneHour)]
    [InlineData("START", "20260301", "003000", "233000", "", OneHour)]
    [InlineData("START", "20260301", "003000", "", "20260228233000.000000+0100", OneHour)]
    [InlineData("ADMIN", "20260301", "130000", "120000", "", 70000 / 370e6)]
    public void FactorOf_ActivityOfAnInjection_IsWeightOverWhatIsLeftOfIt(
        string correction, string date, string time, string injection, string injectionDate, double expected) =>
        Assert.Equal(expected, StandardUptake.FactorOf(SliceHeaders.Build(Pet(correction, date, time, injection, injectionDate))), expected * 1e-6);

    [Fact]
    public void FactorOf_SeriesMadeAfterwards_CountsFromTheFirstAcquisition()
    {
        DicomDataset[] slices = [Pet(z: 0), Pet(z: 2)];
        foreach (DicomDataset slice in slices) slice.AddOrUpdate(DicomTag.SeriesTime, "170000").AddOrUpdate(DicomTag.AcquisitionDate, "20260301");
        slices[0].AddOrUpdate(DicomTag.AcquisitionTime, "130300");
        slices[1].AddOrUpdate(DicomTag.AcquisitionTime, "130000");
        Assert.Equal(OneHour, StandardUptake.FactorOf(SliceHeaders.Build(slices)), 1e-9);
    }

    [Fact]
    public void FactorOf_ValuesThatAreUptakeAlready_IsOne() =>
        Assert.Equal(1, StandardUptake.FactorOf(SliceHeaders.Build(Pet().AddOrUpdate(DicomTag.Units, "GML"))));

    [Theory]
    [InlineData("Units", "CNTS", "Units")]
    [InlineData("PatientWeight", "0", "PatientWeight")]
    [InlineData("PatientWeight", "", "PatientWeight")]
    [InlineData("DecayCorrection", "NONE", "DecayCorrection")]
    [InlineData("SeriesTime", "", "SeriesTime")]
    public void FactorOf_AttributeMissingOrUnfit_IsRefusedByName(string keyword, string value, string named)
    {
        DicomDataset slice = Pet();
        DicomTag tag = DicomDictionary.TagOf(keyword)!.Value;
        slice.AddOrUpdate(tag, value.Length > 0 ? [value] : Array.Empty<string>());
        SegmentationException refusal = Assert.Throws<SegmentationException>(() => StandardUptake.FactorOf(SliceHeaders.Build(slice)));
        Assert.Equal(ErrorCode.UnreadableImage, refusal.Code);
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("petUnits 'stored'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FactorOf_InjectionAfterTheScanOrDaysBefore_IsRefused()
    {
        foreach (string injection in (string[])["20260301140000", "20260227120000"])
            Assert.Throws<SegmentationException>(() => StandardUptake.FactorOf(SliceHeaders.Build(Pet(injectionDate: injection))));
    }

    [Fact]
    public void Read_SeriesWithScale_GivesScaledValuesAndKeepsStoredOnes()
    {
        using SliceFiles files = new();
        files.Add(Pet().AddOrUpdate(DicomTag.RescaleSlope, 2.0).AddOrUpdate(DicomTag.RescaleIntercept, 1.0), Enumerable.Range(0, 15).Select(n => (short)n).ToArray());
        DicomSeries series = files.Open() with { Scale = 0.25 };
        var volume = files.Reader.Read(series, new(), null, TestContext.Current.CancellationToken);
        Assert.Equal(typeof(short), volume.VoxelType);
        Assert.Equal([.. Enumerable.Range(0, 15).Select(n => (2 * n + 1) * 0.25f)], volume.ToFloats(0));
    }

    private static DicomDataset Pet(
        string correction = "START", string date = "20260301", string time = "130000", string injection = "120000", string injectionDate = "", double z = 0)
    {
        DicomDataset tracer = new DicomDataset().AddOrUpdate(DicomTag.RadionuclideTotalDose, 370e6).AddOrUpdate(DicomTag.RadionuclideHalfLife, 6586.2);
        if (injection.Length > 0) tracer.AddOrUpdate(DicomTag.RadiopharmaceuticalStartTime, injection);
        if (injectionDate.Length > 0) tracer.AddOrUpdate(DicomTag.RadiopharmaceuticalStartDateTime, injectionDate);
        return SliceHeaders.At(1 + (int)z, z).AddOrUpdate(DicomTag.Modality, "PT").AddOrUpdate(DicomTag.Units, "BQML").AddOrUpdate(DicomTag.DecayCorrection, correction)
            .AddOrUpdate(DicomTag.SeriesDate, date).AddOrUpdate(DicomTag.SeriesTime, time).AddOrUpdate(DicomTag.PatientWeight, 70.0)
            .AddOrUpdate(DicomTag.RadiopharmaceuticalInformationSequence, tracer);
    }
}
