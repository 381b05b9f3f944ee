using MedISeg.Dicom;
using MedISeg.Dicom.Series;

namespace MedISeg.Tests.Dicom.Series;

public sealed class SeriesRulesTests
{
    [Theory]
    [InlineData("CT", "CT", null)]
    [InlineData("PT", "PET", null)]
    [InlineData("MR", "mri", null)]
    [InlineData("US", "*", null)]
    [InlineData("US", null, null)]
    [InlineData("MR", "CT", "The series is MR; the model wants CT.")]
    [InlineData("CANARY", "CT", "The series is of another modality; the model wants CT.")]
    [InlineData("", "CT", "The series does not say its modality; the model wants CT.")]
    public void Check_Modality_SaysWhatIsWanted(string given, string? wanted, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], SeriesRules.Check(new DicomDataset().AddOrUpdate(DicomTag.Modality, given), wanted, null));

    [Theory]
    [InlineData("ABDOMEN", true)]
    [InlineData("abdomen", true)]
    [InlineData("KIDNEY", true)]
    [InlineData("", true)]
    [InlineData("ABDOMENPELVIS", false)]
    [InlineData("XABDOMEN", false)]
    [InlineData("HEAD", false)]
    public void Check_BodyPart_MatchesWhollyAndPassesWhereItIsEmpty(string given, bool passes)
    {
        IReadOnlyList<string> faults = SeriesRules.Check(
            new DicomDataset().AddOrUpdate(DicomTag.BodyPartExamined, given), null, new Dictionary<string, string> { ["BodyPartExamined"] = "ABDOMEN|KIDNEY" });

        Assert.Equal(passes ? [] : ["BodyPartExamined of the series does not match what the model wants: ABDOMEN|KIDNEY."], faults);
    }

    [Fact]
    public void Check_MissingAttribute_Passes() =>
        Assert.Empty(SeriesRules.Check(new DicomDataset(), null, new Dictionary<string, string> { ["BodyPartExamined"] = "HEAD" }));

    [Fact]
    public void Check_OneOfSeveralValues_IsEnough() => Assert.Empty(SeriesRules.Check(
        new DicomDataset().AddOrUpdate(DicomTag.ImageType, "ORIGINAL", "PRIMARY"), null, new Dictionary<string, string> { ["ImageType"] = "PRIMARY" }));

    [Fact]
    public void Check_PatternThatNeverEnds_CountsAsMismatch()
    {
        DicomDataset header = new DicomDataset().AddOrUpdate(DicomTag.SeriesDescription, new string('a', 60) + "!");

        Assert.Single(SeriesRules.Check(header, null, new Dictionary<string, string> { ["SeriesDescription"] = "(a+)+" }));
    }

    [Fact]
    public void Check_FaultyRule_IsOurBug() => Assert.Throws<ArgumentException>(
        () => SeriesRules.Check(new DicomDataset(), null, new Dictionary<string, string> { ["NoSuchKeyword"] = "A" }));

    [Fact]
    public void Validate_Rules_NamesTheFaultyOnes()
    {
        IReadOnlyList<string> faults = SeriesRules.Validate(
            new Dictionary<string, string> { ["BodyPartExamined"] = "HEAD", ["NoSuchKeyword"] = "A", ["Rows"] = "512", ["ProtocolName"] = "(" });

        Assert.Equal(3, faults.Count);
        Assert.StartsWith("'NoSuchKeyword' is not", faults[0], StringComparison.Ordinal);
        Assert.StartsWith("'Rows' is not", faults[1], StringComparison.Ordinal);
        Assert.StartsWith("The pattern of 'ProtocolName'", faults[2], StringComparison.Ordinal);
    }
}
