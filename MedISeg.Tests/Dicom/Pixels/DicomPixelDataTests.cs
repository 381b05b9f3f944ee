using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Imaging.Errors;

namespace MedISeg.Tests.Dicom.Pixels;

public sealed class DicomPixelDataTests
{
    private static readonly DicomTransferSyntax Native = DicomTransferSyntax.ExplicitVRLittleEndian, Rle = DicomTransferSyntax.RLELossless;

    [Fact]
    public void Create_AllAttributes_AreTaken()
    {
        DicomPixelData pixels = PixelSamples.Attributes(Native, 3, 2, samples: 3, allocated: 16, stored: 12, isSigned: true, frames: 5)
            .AddOrUpdate(DicomTag.PlanarConfiguration, (ushort)1).AddOrUpdate(DicomTag.HighBit, (ushort)13).WithNative(new byte[180]).Pixels();

        Assert.Equal((3, 2, 3, 5), (pixels.Width, pixels.Height, pixels.SamplesPerPixel, pixels.NumberOfFrames));
        Assert.Equal((16, 12, 13), (pixels.BitsAllocated, pixels.BitsStored, pixels.HighBit));
        Assert.True(pixels is { IsSigned: true, IsPlanar: true, IsFloat: false, IsEncapsulated: false, PhotometricInterpretation: "RGB" });
        Assert.Equal((18, 36), (pixels.SamplesPerFrame, pixels.DecodedFrameBytes));
        Assert.Same(Native, pixels.Syntax);
    }

    [Fact]
    public void Create_EmptyNumberOfFramesAndMissingBitsStored_AreTakenFromTheRest()
    {
        DicomDataset dataset = PixelSamples.Attributes(Native, 3, 2).AddOrUpdate<string>(DicomTag.NumberOfFrames).WithNative(new byte[12]);
        dataset.Remove(DicomTag.BitsStored).Remove(DicomTag.HighBit).Remove(DicomTag.PixelRepresentation).Remove(DicomTag.SamplesPerPixel);

        DicomPixelData pixels = dataset.Pixels();

        Assert.Equal((1, 16, 15, false, 1), (pixels.NumberOfFrames, pixels.BitsStored, pixels.HighBit, pixels.IsSigned, pixels.SamplesPerPixel));
    }

    [Fact]
    public void Create_WithoutPixels_SaysSo()
    {
        Assert.Equal(ErrorCode.NoPixelData, Refused(PixelSamples.Attributes(Native)).Code);
        Assert.Equal(ErrorCode.NoPixelData, Refused(PixelSamples.Attributes(Native).WithNative([])).Code);
    }

    [Fact]
    public void Create_HugeClaimsOverFewBytes_AreRefusedWithTheNumbers()
    {
        DicomDataset native = PixelSamples.Attributes(Native, 65535, 65535).WithNative(new byte[910]);
        SegmentationException one = Refused(native), many = Refused(native.AddOrUpdate(DicomTag.NumberOfFrames, int.MaxValue));

        Assert.Equal((ErrorCode.TruncatedImage, ErrorCode.TruncatedImage), (one.Code, many.Code));
        Assert.Contains("1 x 65535 x 65535 pixels of 1 x 16 bit take 8589672450 bytes; there are 910.", one.Message, StringComparison.Ordinal);
        Assert.Contains($"take {(Int128)int.MaxValue * 65535 * 65535 * 2} bytes", many.Message, StringComparison.Ordinal);
        SegmentationException frames = Refused(PixelSamples.Attributes(Rle, frames: 1_000_000).WithFragments([], [1, 2], [3, 4]));
        Assert.Equal(ErrorCode.TruncatedImage, frames.Code);
        Assert.Contains("2 fragments of compressed pixels for 1000000 frames", frames.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Rows", 0)]
    [InlineData("Columns", 0)]
    [InlineData("SamplesPerPixel", 2)]
    [InlineData("BitsAllocated", 12)]
    [InlineData("BitsStored", 17)]
    [InlineData("BitsStored", 0)]
    [InlineData("HighBit", 16)]
    [InlineData("HighBit", 3)]
    public void Create_AnImpossibleAttribute_IsRefused(string keyword, int value)
    {
        DicomDataset dataset = PixelSamples.Attributes(Native, stored: 12).WithNative(new byte[70]);
        Assert.Equal(70, dataset.Pixels().GetFrame(0).Length);

        dataset.AddOrUpdate(DicomDictionary.TagOf(keyword)!.Value, (ushort)value);

        Assert.Equal(ErrorCode.UnreadableImage, Refused(dataset).Code);
    }

    [Fact]
    public void Create_MissingOrNegativeAttributes_AreRefused()
    {
        Assert.Equal(ErrorCode.UnreadableImage, Refused(PixelSamples.Attributes(Native).Remove(DicomTag.Rows).WithNative(new byte[70])).Code);
        Assert.Equal(ErrorCode.UnreadableImage, Refused(PixelSamples.Attributes(Native).Remove(DicomTag.BitsAllocated).WithNative(new byte[70])).Code);
        Assert.Equal(ErrorCode.UnreadableImage, Refused(PixelSamples.Attributes(Native, frames: -2).WithNative(new byte[70])).Code);
    }

    [Fact]
    public void GetFrame_OfNativePixels_IsTheFramesSlice()
    {
        DicomPixelData pixels = PixelSamples.Attributes(Native, 3, 2, allocated: 8, frames: 3).WithNative([.. Enumerable.Range(0, 18).Select(i => (byte)i)]).Pixels();

        Assert.Equal([6, 7, 8, 9, 10, 11], pixels.GetFrame(1).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => pixels.GetFrame(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => pixels.GetFrame(-1));
    }

    [Fact]
    public void GetFrame_OfSingleBits_CrossesByteBorders()
    {
        // Frames of 5 bits: 10110 01101 11001, the first in the lowest bits.
        DicomPixelData pixels = PixelSamples.Attributes(Native, 5, 1, allocated: 1, frames: 3).WithNative([0b1011_0110 & 0xff, 0b0110_0101]).Pixels();

        Assert.Equal([0b10110], pixels.GetFrame(0).ToArray());
        Assert.Equal([0b01101], pixels.GetFrame(1).ToArray());
        Assert.Equal([0b11001], pixels.GetFrame(2).ToArray());
    }

    [Fact]
    public void GetFrame_OneFrameInSeveralFragments_IsJoined() =>
        Assert.Equal([1, 2, 3, 4, 5, 6], PixelSamples.Attributes(Rle).WithFragments([0], [1, 2], [3, 4], [5, 6]).Pixels().GetFrame(0).ToArray());

    [Fact]
    public void GetFrame_WithABasicOffsetTable_JoinsTheFragmentsBetweenOffsets()
    {
        // Items have 8 bytes of header: the fragments start at 0, 10, 22, 32.
        DicomPixelData pixels = PixelSamples.Attributes(Rle, frames: 3).WithFragments([0, 22, 32], [1, 2], [3, 4, 5, 6], [7, 8], [9, 10]).Pixels();

        Assert.Equal([1, 2, 3, 4, 5, 6], pixels.GetFrame(0).ToArray());
        Assert.Equal([7, 8], pixels.GetFrame(1).ToArray());
        Assert.Equal([9, 10], pixels.GetFrame(2).ToArray());
    }

    [Fact]
    public void GetFrame_WithAnExtendedOffsetTable_TrimsToItsLengths()
    {
        DicomDataset dataset = PixelSamples.Attributes(Rle, frames: 2).WithFragments([], [1, 2, 3, 0], [4, 5]);
        dataset.AddOrUpdate(new DicomElement(DicomTag.ExtendedOffsetTable, DicomVR.Parse("OV"), Longs(0, 12)));
        dataset.AddOrUpdate(new DicomElement(DicomTag.ExtendedOffsetTableLengths, DicomVR.Parse("OV"), Longs(3, 2)));
        DicomPixelData pixels = dataset.Pixels();

        Assert.Equal([1, 2, 3], pixels.GetFrame(0).ToArray());
        Assert.Equal([4, 5], pixels.GetFrame(1).ToArray());
    }

    [Fact]
    public void GetFrame_WithAnExtendedOffsetTableOverSeveralFragments_JoinsThem()
    {
        DicomDataset dataset = PixelSamples.Attributes(Rle, frames: 2).WithFragments([], [1, 2], [3, 4], [5, 6]);
        dataset.AddOrUpdate(new DicomElement(DicomTag.ExtendedOffsetTable, DicomVR.Parse("OV"), Longs(0, 20)));

        Assert.Equal([1, 2, 3, 4], dataset.Pixels().GetFrame(0).ToArray());
    }

    [Theory]
    [InlineData(0u, 11u)] // not the start of a fragment
    [InlineData(10u, 0u)] // descending
    [InlineData(0u, 4_000_000_000u)]
    public void GetFrame_WithAWrongTableButAFragmentAFrame_TakesTheFragments(uint first, uint second) =>
        Assert.Equal([3, 4], PixelSamples.Attributes(Rle, frames: 2).WithFragments([first, second], [1, 2], [3, 4]).Pixels().GetFrame(1).ToArray());

    [Fact]
    public void GetFrame_WithoutATable_FindsTheStartsOfCodeStreams()
    {
        DicomPixelData pixels = PixelSamples.Attributes(DicomTransferSyntax.JPEGProcess14SV1, frames: 2)
            .WithFragments([], [0xff, 0xd8, 0xff, 0xc3], [1, 2], [0xff, 0xd8, 0xff, 0xc4], [5, 6], [7, 8]).Pixels();

        Assert.Equal([0xff, 0xd8, 0xff, 0xc3, 1, 2], pixels.GetFrame(0).ToArray());
        Assert.Equal([0xff, 0xd8, 0xff, 0xc4, 5, 6, 7, 8], pixels.GetFrame(1).ToArray());
    }

    [Fact]
    public void Create_FragmentsThatNothingTellsApart_AreRefused()
    {
        SegmentationException exception = Refused(PixelSamples.Attributes(Rle, frames: 2).WithFragments([0, 7], [1, 2], [3, 4], [5, 6]));
        Assert.Equal(ErrorCode.UnreadableImage, exception.Code);
        Assert.Contains("3 fragments of compressed pixels cannot be told apart into 2 frames", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_SeveralFramesInOneFragment_AreRefused() =>
        Assert.Equal(ErrorCode.TruncatedImage, Refused(PixelSamples.Attributes(Rle, frames: 2).WithFragments([0, 4], [1, 2, 3, 4, 5, 6, 7, 8])).Code);

    private static byte[] Longs(params long[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static SegmentationException Refused(DicomDataset dataset) => Assert.Throws<SegmentationException>(dataset.Pixels);
}
