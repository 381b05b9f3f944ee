using MedISeg.Dicom;
using MedISeg.Dicom.IO;
using MedISeg.Imaging.Errors;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.IO;

/// <summary>Public test files of other projects, against what pydicom reads of them (<c>dicom-expected.csv</c>).</summary>
public sealed class CorpusTests
{
    /// <summary>Files that pydicom opens and that end before their data does.</summary>
    private static readonly string[] Truncated = ["MR_truncated.dcm", "rtplan_truncated.dcm", "DICOMDIR-nooffset"];

    /// <summary>In the order of the table's columns from the third on.</summary>
    private static readonly DicomTag[] Columns =
    [
        DicomTag.SOPClassUID, DicomTag.Modality, DicomTag.PhotometricInterpretation, DicomTag.BitsStored, DicomTag.PixelRepresentation,
        DicomTag.NumberOfFrames, DicomTag.SpecificCharacterSet,
    ];

    [Fact]
    public void Open_EveryFile_IsReadOrRefused()
    {
        int opened = 0, refused = 0;
        foreach (string path in Directory.EnumerateFiles(DataFolder.Require("dicom-corpus"), "*", SearchOption.AllDirectories))
        {
            try
            {
                bool hasPixels = DicomFile.Open(path).Dataset.HasPixelData;
                Assert.Equal(hasPixels, DicomFile.Open(path, FileReadOption.SkipLargeTags).Dataset.HasPixelData);
                opened++;
            }
            catch (SegmentationException error)
            {
                Assert.True(error.Code is ErrorCode.TruncatedImage or ErrorCode.UnreadableImage);
                refused++;
            }
        }
        Assert.InRange(opened, 360, 380);
        Assert.InRange(refused, 60, 80);
    }

    [Fact]
    public void Open_FilesThatPydicomReads_HaveTheSameValues()
    {
        string folder = Path.GetDirectoryName(DataFolder.Require("dicom-expected.csv"))!;
        int compared = 0;
        foreach (string line in File.ReadLines(Path.Combine(folder, "dicom-expected.csv")).Skip(1))
        {
            string[] fields = Split(line);
            string name = Path.GetFileName(fields[0]);
            if (fields[1].Length == 0 || Truncated.Contains(name)) continue;
            DicomFile file = DicomFile.Open(Path.Combine(folder, fields[0]), FileReadOption.SkipLargeTags);

            Assert.Equal(fields[1], file.FileMetaInfo.GetString(DicomTag.TransferSyntaxUID));
            for (int n = 0; n < Columns.Length; n++)
                Assert.Equal((name, fields[n + 2]), (name, file.Dataset.TryGetString(Columns[n], out string? text) ? text : ""));
            compared++;
        }
        Assert.InRange(compared, 350, 400);
    }

    [Fact]
    public void GetString_AllTextOfValidSets_HasNoReplacedCharacters()
    {
        int texts = 0;
        foreach (DicomDataset dataset in Datasets())
            foreach (string text in Texts(dataset))
            {
                Assert.DoesNotContain('\ufffd', text);
                Assert.DoesNotContain('\u001b', text);
                texts++;
            }
        Assert.InRange(texts, 1000, 1_000_000);
    }

    [Theory]
    [InlineData("chrArab.dcm", "قباني^لنزار")]
    [InlineData("chrFren.dcm", "Buc^Jérôme")]
    [InlineData("chrGerm.dcm", "Äneas^Rüdiger")]
    [InlineData("chrGreek.dcm", "Διονυσιος")]
    [InlineData("chrH31.dcm", "Yamada^Tarou=山田^太郎=やまだ^たろう")]
    [InlineData("chrH32.dcm", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう")]
    [InlineData("chrHbrw.dcm", "שרון^דבורה")]
    [InlineData("chrI2.dcm", "Hong^Gildong=洪^吉洞=홍^길동")]
    [InlineData("chrJapMulti.dcm", "やまだ^たろう")]
    [InlineData("chrKoreanMulti.dcm", "김희중")]
    [InlineData("chrRuss.dcm", "Люкceмбypг")]
    [InlineData("chrX1.dcm", "Wang^XiaoDong=王^小東=")]
    [InlineData("chrX2.dcm", "Wang^XiaoDong=王^小东=")]
    public void GetString_NamesOfTheStandard_AreTheirCharacters(string file, string name) => Assert.Equal(
        name, DicomFile.Open(DataFolder.Require($"dicom-corpus/pydicom/charset_files/{file}")).Dataset.GetString(DicomTag.PatientName));

    [Fact]
    public void Save_EveryFile_ReadsBackTheSame()
    {
        int saved = 0;
        foreach (DicomDataset dataset in Datasets())
        {
            using MemoryStream stream = new();
            try
            {
                new DicomFile(dataset).Save(stream);
            }
            catch (ArgumentException)
            {
                // A DICOMDIR, or a piece of a data set without UIDs.
                Assert.False(dataset.Contains(DicomTag.SOPClassUID) && dataset.Contains(DicomTag.SOPInstanceUID));
                continue;
            }
            foreach (DicomItem item in dataset.Items.Where(item => item.Tag.Element == 0 || item.Tag.Group <= 2).ToArray()) dataset.Remove(item.Tag);
            RemoveGroupLengths(dataset);
            RichDatasets.AssertSame(dataset, DicomFile.Open(stream.ToArray()).Dataset);
            saved++;
        }
        Assert.InRange(saved, 330, 380);
    }

    private static IEnumerable<DicomDataset> Datasets()
    {
        foreach (string path in Directory.EnumerateFiles(DataFolder.Require("dicom-corpus"), "*", SearchOption.AllDirectories))
        {
            DicomDataset? dataset = null;
            try
            {
                dataset = DicomFile.Open(path).Dataset;
            }
            catch (SegmentationException)
            {
                // Counted by the first test.
            }
            if (dataset is not null) yield return dataset;
        }
    }

    private static IEnumerable<string> Texts(DicomDataset dataset)
    {
        foreach (DicomItem item in dataset.Items)
        {
            if (item is DicomSequence sequence)
                foreach (string text in sequence.Items.SelectMany(Texts)) yield return text;
            else if (item is DicomElement { ValueRepresentation.UsesCharacterSet: true })
                yield return dataset.GetString(item.Tag);
        }
    }

    private static void RemoveGroupLengths(DicomDataset dataset)
    {
        foreach (DicomItem item in dataset.Items.ToArray())
        {
            if (item.Tag.Element == 0) dataset.Remove(item.Tag);
            if (item is DicomSequence sequence)
                foreach (DicomDataset inner in sequence.Items) RemoveGroupLengths(inner);
        }
    }

    /// <summary>Fields of a line; a list in quotes, <c>"['a', 'b']"</c>, becomes <c>a\b</c>.</summary>
    private static string[] Split(string line)
    {
        int from = line.IndexOf("\"[", StringComparison.Ordinal), to = line.IndexOf("]\"", StringComparison.Ordinal);
        if (from >= 0 && to > from)
            line = line[..from] + string.Join('\\', line[(from + 2)..to].Split(", ").Select(item => item.Trim('\''))) + line[(to + 2)..];
        return line.Split(',');
    }
}
