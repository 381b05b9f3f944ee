using System.Globalization;
using System.Numerics;
using MedISeg.Dicom;
using MedISeg.Imaging.Geometry;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Segmentations.Validators;

/// <summary>DCMTK's own segmentation class, through a small program that is compiled here: none of its command line tools reads segments.</summary>
public sealed class DcmtkTests(SegmentationFiles files, DcmtkTests.Program program)
    : IClassFixture<SegmentationFiles>, IClassFixture<DcmtkTests.Program>
{
    [Theory]
    [MemberData(nameof(SegmentationFiles.Names), MemberType = typeof(SegmentationFiles))]
    public async Task DcmSegmentation_OfOurObject_FindsTheSameVoxelsAtTheSamePlace(string name)
    {
        (string path, SegmentSummary[] truth) = files.Write(name);
        SegmentSummary[] read = await program.ReadAsync(path);
        Assert.Equal(truth.Length, read.Length);
        for (int n = 0; n < truth.Length; n++) SegmentSummary.AssertSame(truth[n], read[n]);
    }

    [Theory]
    [MemberData(nameof(SegmentationFiles.Names), MemberType = typeof(SegmentationFiles))]
    public async Task Dcmftest_OfOurObject_SaysThatItIsAFile(string name)
    {
        string path = files.Write(name).Path;
        Assert.StartsWith("yes:", await ExternalTool.OutputAsync(ExternalTool.Require("dcmftest"), path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dcmdump_OfOurObject_ShowsTheTextInUtf8()
    {
        string output = await ExternalTool.OutputAsync(ExternalTool.Require("dcmdump"), files.Write("pattern").Path);
        Assert.Contains("PN [Müller^Zoë]", output, StringComparison.Ordinal);
        Assert.Contains("LO [Niere, größte]", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("labelmap")]
    [InlineData("labelmap-wide")]
    public async Task Dcmdrle_OfARunLengthEncodedLabelMap_DecodesThePixels(string name)
    {
        string decoder = ExternalTool.Require("dcmdrle"), encoded = files.Write(name, DicomTransferSyntax.RLELossless).Path, decoded = encoded + ".raw";
        await ExternalTool.OutputAsync(decoder, encoded, decoded);
        Assert.Equal(Pixels(files.Write(name).Path), Pixels(decoded));
    }

    private static byte[] Pixels(string path) => DicomFile.Open(path).Dataset.GetDicomItem<DicomElement>(DicomTag.PixelData)!.Buffer.ToArray();

    /// <summary>The compiled program.</summary>
    public sealed class Program : IDisposable
    {
        private readonly TempFolder _folder = new();
        private string? _path;

        public void Dispose() => _folder.Dispose();

        /// <summary>Segments of an object. The program is compiled once; skips the test where compiler or library are missing.</summary>
        internal async Task<SegmentSummary[]> ReadAsync(string path)
        {
            string output = await ExternalTool.OutputAsync(await CompileAsync(), path);
            return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
        }

        private static SegmentSummary Parse(string line)
        {
            double[] numbers = [.. line.Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
            return new SegmentSummary((int)numbers[0], (long)numbers[1], new Vector3D(numbers[2], numbers[3], numbers[4]), new Complex(numbers[5], numbers[6]));
        }

        private async Task<string> CompileAsync()
        {
            if (_path is not null) return _path;
            string compiler = ExternalTool.Require("g++");
            ExternalTool.RequireFile("/usr/include/dcmtk/dcmseg/segdoc.h", "libdcmtk-dev");
            string path = Path.Combine(_folder.Path, "seg_summary");
            await ExternalTool.OutputAsync(compiler, "-O1", RepositoryRoot.Of("MedISeg.Tests", "Tools", "seg_summary.cpp"), "-o", path,
                "-ldcmseg", "-ldcmfg", "-ldcmiod", "-ldcmdata", "-loflog", "-lofstd");
            return _path = path;
        }
    }
}
