using MedISeg.Dicom;
using MedISeg.Dicom.Series;

namespace MedISeg.Tests.Dicom.Series;

public sealed class AttributeRuleTests
{
    private static readonly DicomDataset Header = new DicomDataset()
        .AddOrUpdate(DicomTag.Modality, "CT").AddOrUpdate(DicomTag.SliceThickness, "2.5").AddOrUpdate(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
        .AddOrUpdate(DicomTag.Rows, (ushort)512).AddOrUpdate(DicomTag.SeriesDescription, "");

    [Theory]
    [InlineData("Modality", "CT|MR", true)]
    [InlineData("Modality", "ct", true)]
    [InlineData("Modality", "C", false)]
    [InlineData("ImageType", "AXIAL", true)]
    [InlineData("ImageType", "LOCALIZER", false)]
    [InlineData("SliceThickness", "0.5..2.5", true)]
    [InlineData("SliceThickness", "2.5..", true)]
    [InlineData("SliceThickness", "..2.4", false)]
    [InlineData("Rows", "512..1024", true)]
    [InlineData("Rows", "513..", false)]
    [InlineData("BodyPartExamined", ".*", false)]
    [InlineData("Modality", "0..5", false)]
    [InlineData("SeriesDescription", ".*", false)]
    public void Fits_Condition_IsMetByOneWholeValueThatIsThere(string keyword, string condition, bool expected) =>
        Assert.Equal(expected, new AttributeRule(keyword, condition).Fits(Header));

    [Theory]
    [InlineData("NoSuchKeyword", "a", "not the DICOM keyword")]
    [InlineData("PixelData", "a", "not the DICOM keyword")]
    [InlineData("ReferencedSeriesSequence", "a", "not the DICOM keyword")]
    [InlineData("Modality", "(", "neither a range")]
    [InlineData("SliceThickness", "5..1", "begins above its end")]
    public void Constructor_Fault_IsNamed(string keyword, string condition, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new AttributeRule(keyword, condition)).Message, StringComparison.Ordinal);
}
