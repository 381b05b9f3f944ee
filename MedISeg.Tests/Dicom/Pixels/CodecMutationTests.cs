using System.Globalization;
using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Pixels.Codecs;
using MedISeg.Imaging.Errors;
using MedISeg.Tests.Dicom.IO;

namespace MedISeg.Tests.Dicom.Pixels;

/// <summary>Damaged code streams in a data set that is whole never get more out of a decoder than a frame of its size or a refusal.</summary>
public sealed class CodecMutationTests : IDisposable
{
    private const int Seed = 20260801;

    /// <summary>The limits that a service has.</summary>
    private readonly FrameDecoder _decoder = new(new DecoderOptions { MaxProcesses = 1 });

    public void Dispose() => _decoder.Dispose();

    [Fact]
    public async Task Decode_DamagedStreamsOfEveryCodec_AreDecodedOrRefused() => await Run(Golden(), 1500);

    [Fact]
    public async Task Decode_DamagedStreamsOfTheCorpus_AreDecodedOrRefused() =>
        await Run([.. CorpusFiles.Small().Select(file => (file.Name, DicomFile.Open(file.Bytes).Dataset))], 1500);

    private async Task Run(IReadOnlyList<(string Name, DicomDataset Dataset)> candidates, int usual)
    {
        List<(string Name, DicomDataset Dataset, Mutator Mutator)> streams = [];
        foreach ((string name, DicomDataset dataset) in candidates)
        {
            try
            {
                DicomPixelData pixels = DicomPixelData.Create(dataset);
                if (!pixels.IsEncapsulated || !_decoder.CanDecode(pixels.Syntax)) continue;
                // What nobody decodes when it is whole need not be damaged.
                _decoder.Decode(pixels, 0, TestContext.Current.CancellationToken);
                streams.Add((name, dataset.AddOrUpdate(DicomTag.NumberOfFrames, 1), Mutator.OfStream(pixels.GetFrame(0).ToArray())));
            }
            catch (SegmentationException)
            {
                // No pixels, or none that can be decoded.
            }
        }
        int count = FuzzRun.Count(usual), decoded = 0;
        for (int n = 0; n < count; n++)
        {
            (string name, DicomDataset dataset, Mutator mutator) = streams[n % streams.Count];
            byte[] stream = mutator.Next(new Random(Seed + n));
            await FuzzRun.Run(string.Create(CultureInfo.InvariantCulture, $"{name}, number {n}"), cancellationToken =>
            {
                if (IsDecoded(dataset.WithFragments([], stream), cancellationToken)) decoded++;
            });
        }
        // Both ends are reached: otherwise the damage would test nothing.
        Assert.InRange(decoded, count / 20, count - count / 20);
        // The decoder is none the worse for it.
        (_, DicomDataset whole, Mutator original) = streams[0];
        Assert.True(IsDecoded(whole.WithFragments([], original.Original), TestContext.Current.CancellationToken));
    }

    private bool IsDecoded(DicomDataset dataset, CancellationToken cancellationToken)
    {
        try
        {
            DicomPixelData pixels = dataset.Pixels();
            Assert.Equal(pixels.DecodedFrameBytes, _decoder.Decode(pixels, 0, cancellationToken).Length);
            return true;
        }
        catch (SegmentationException error)
        {
            Assert.True(error.Code is ErrorCode.UnreadableImage or ErrorCode.TruncatedImage or ErrorCode.TooLarge or ErrorCode.UnsupportedTransferSyntax,
                $"{error.Code}: {error.Message}");
            return false;
        }
    }

    /// <summary>Frames of other programs, and of our own encoders what there is no golden one of.</summary>
    private static IReadOnlyList<(string Name, DicomDataset Dataset)> Golden()
    {
        (string Name, DicomDataset Attributes)[] golden =
        [
            ("j2k u12", PixelSamples.Attributes(DicomTransferSyntax.JPEG2000Lossless)),
            ("j2k s16", PixelSamples.Attributes(DicomTransferSyntax.JPEG2000Lossless, isSigned: true)),
            ("j2k rgb mct", PixelSamples.Attributes(DicomTransferSyntax.JPEG2000Lossy, samples: 3, allocated: 8)),
            ("htj2k u12", PixelSamples.Attributes(DicomTransferSyntax.HTJ2KLossless)),
            ("jls u12", PixelSamples.Attributes(DicomTransferSyntax.JPEGLSLossless)),
            ("jls rgb sample", PixelSamples.Attributes(DicomTransferSyntax.JPEGLSNearLossless, samples: 3, allocated: 8)),
            ("jls rgb line", PixelSamples.Attributes(DicomTransferSyntax.JPEGLSLossless, samples: 3, allocated: 8)),
            ("jls rgb none", PixelSamples.Attributes(DicomTransferSyntax.JPEGLSLossless, samples: 3, allocated: 8)),
            ("jpeg 420", PixelSamples.Attributes(DicomTransferSyntax.JPEGProcess1, samples: 3, allocated: 8, photometric: "YBR_FULL_422")),
            ("jpeg rgb", PixelSamples.Attributes(DicomTransferSyntax.JPEGProcess1, samples: 3, allocated: 8)),
            ("jpeg 12", PixelSamples.Attributes(DicomTransferSyntax.JPEGProcess2_4)),
            ("lossless sv6", PixelSamples.Attributes(DicomTransferSyntax.JPEGProcess14)),
            ("lossless sv1", PixelSamples.Attributes(DicomTransferSyntax.JPEGProcess14SV1)),
            ("rle rgb", PixelSamples.Attributes(DicomTransferSyntax.RLELossless, samples: 3, allocated: 8)),
        ];
        byte[] words = PixelSamples.Words(PixelSamples.U12);
        return
        [
            .. golden.Select(one => (one.Name, one.Attributes.WithFragments([], PixelSamples.Golden(one.Name)))),
            ("lossless restarts", PixelSamples.Attributes(DicomTransferSyntax.JPEGProcess14).WithFragments([],
                JpegLosslessEncoder.Encode(PixelSamples.U12, PixelSamples.Width, 1, 12, 7, restartRows: 2))),
            ("rle words", PixelSamples.Attributes(DicomTransferSyntax.RLELossless).WithFragments([], RleEncoder.Encode(words, PixelSamples.Width, 2))),
            ("deflated", PixelSamples.Attributes(DicomTransferSyntax.DeflatedImageFrame).WithFragments([], DeflatedFrame.Encode(words))),
        ];
    }
}
