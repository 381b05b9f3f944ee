using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Series;

/// <summary>Whatever is in the files, there is a volume or a refusal that says why, and nothing else.</summary>
public sealed class SeriesMutationTests
{
    /// <summary>Small, so that a mutated header cannot cost minutes.</summary>
    private static readonly ImageLimits Limits = new() { MaxVoxels = 1 << 24 };

    [Theory]
    [InlineData(false, 600)]
    [InlineData(true, 600)]
    public void Read_MutatedHeader_GivesAVolumeOrARefusal(bool enhanced, int rounds)
    {
        Random random = new(enhanced ? 31 : 30);
        Dictionary<ErrorCode, int> refusals = [];
        int read = 0;
        using TempFolder folder = new();
        for (int round = 0; round < rounds; round++)
        {
            DicomDataset[] headers = enhanced ? [EnhancedHeader.Of(0, 2, 4)] : SliceHeaders.Stack(0, 2, 4);
            DicomDataset table = new DicomDataset().AddOrUpdate(DicomVR.Parse("SS"), DicomTag.LUTDescriptor, 3, -1, 12)
                .AddOrUpdate(DicomVR.Parse("US"), DicomTag.LUTData, 100, 4000, 7);
            if (round % 4 == 0) headers[0].AddOrUpdate(DicomTag.ModalityLUTSequence, table);
            Mutate(headers[random.Next(headers.Length)], random, 1 + random.Next(3));
            using SliceFiles files = new();
            foreach (DicomDataset header in headers) files.Add(header, new short[enhanced ? 45 : 15]);
            try
            {
                files.Read(Limits);
                read++;
            }
            catch (SegmentationException e)
            {
                refusals[e.Code] = refusals.GetValueOrDefault(e.Code) + 1;
            }
        }
        // Both ends are reached: otherwise the mutations would test nothing.
        Assert.InRange(read, 20, rounds - 20);
        Assert.True(refusals.Count >= 4, string.Join(", ", refusals.Keys));
    }

    [Fact]
    public void Read_EachFileOfTheCorpusAlone_GivesAVolumeOrARefusal()
    {
        string[] paths = Directory.GetFiles(DataFolder.Require("dicom-corpus"), "*", SearchOption.AllDirectories);
        Dictionary<ErrorCode, int> refusals = [];
        int read = 0;
        using SliceFiles files = new();
        foreach (string path in paths.Order(StringComparer.Ordinal))
        {
            try
            {
                DicomSeries series = files.Reader.OpenSingle([path], TestContext.Current.CancellationToken);
                files.Reader.Read(series, Limits, null, TestContext.Current.CancellationToken);
                read++;
            }
            catch (SegmentationException e)
            {
                refusals[e.Code] = refusals.GetValueOrDefault(e.Code) + 1;
            }
        }
        Assert.Equal(paths.Length, read + refusals.Values.Sum());
        Assert.InRange(read, 150, paths.Length - 50);
        Assert.DoesNotContain(ErrorCode.Internal, refusals.Keys);
        Assert.True(refusals[ErrorCode.NoPixelData] > 5);
        Assert.True(refusals[ErrorCode.UnreadableImage] > 50);
    }

    /// <summary>Overwrites bytes of values anywhere in the data set, sequences included; lengths stay.</summary>
    private static void Mutate(DicomDataset header, Random random, int times)
    {
        List<DicomElement> elements = [];
        Stack<DicomDataset> open = new([header]);
        while (open.TryPop(out DicomDataset? dataset))
            foreach (DicomItem item in dataset.Items)
            {
                if (item is DicomElement { Buffer.Length: > 0 } element) elements.Add(element);
                if (item is DicomSequence sequence)
                    foreach (DicomDataset inner in sequence.Items) open.Push(inner);
            }
        for (int n = 0; n < times; n++)
        {
            DicomElement element = elements[random.Next(elements.Count)];
            byte[] bytes = element.Buffer.ToArray();
            // Digits and signs as often as any byte: numbers that are wrong, and not only text that is none. UIDs go into the file's meta
            // information too, where only ASCII can be written.
            ReadOnlySpan<byte> likely = element.ValueRepresentation.Code == "UI" ? "0123456789."u8 : "0123456789-.eE\\ "u8;
            bytes[random.Next(bytes.Length)] = random.Next(2) == 0 || element.ValueRepresentation.Code == "UI"
                ? likely[random.Next(likely.Length)] : (byte)random.Next(256);
            bytes.CopyTo(System.Runtime.InteropServices.MemoryMarshal.AsMemory(element.Buffer));
        }
    }
}
