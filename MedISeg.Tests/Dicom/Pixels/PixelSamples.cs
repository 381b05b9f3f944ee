using System.Buffers.Binary;
using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;

namespace MedISeg.Tests.Dicom.Pixels;

/// <summary>Data sets around pixels, and the frames that other programs compressed (Golden/dicom).</summary>
internal static class PixelSamples
{
    internal const int Width = 7, Height = 5;

    private static readonly Dictionary<string, byte[]> Streams = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "dicom", "codestreams.tsv"))
        .Select(line => line.Split('\t')).ToDictionary(fields => fields[0], fields => Convert.FromHexString(fields[1]));

    internal static byte[] Golden(string name) => [.. Streams[name]];

    /// <summary>The images of Golden/dicom/README.md, row by row.</summary>
    internal static int[] U12 => Image((x, y) => (37 * x + 411 * y) % 4096);

    internal static int[] S16 => Image((x, y) => 1000 * (x - 3) - 77 * y);

    internal static int[] S12 => Image((x, y) => 550 * (x - 3) - 77 * y);

    internal static byte[] Rgb => [.. Image((x, y) => y * Width + x).SelectMany(at =>
    {
        (int y, int x) = Math.DivRem(at, Width);
        return (byte[])[(byte)(30 * x + y), (byte)(50 * y + x), (byte)(x * x + 7 * y)];
    })];

    internal static byte[] Words(IEnumerable<int> values) => [.. values.SelectMany(value => (byte[])[(byte)value, (byte)(value >> 8)])];

    internal static int[] Image(Func<int, int, int> value) =>
        [.. Enumerable.Range(0, Width * Height).Select(at => value(at % Width, at / Width))];

    /// <summary>Image attributes of 7 x 5 pixels of 16 bit without pixels.</summary>
    internal static DicomDataset Attributes(DicomTransferSyntax syntax, int width = Width, int height = Height, int samples = 1, int allocated = 16,
        int? stored = null, bool isSigned = false, int? frames = null, string photometric = "")
    {
        DicomDataset dataset = new(syntax);
        dataset.AddOrUpdate(DicomTag.Columns, (ushort)width).AddOrUpdate(DicomTag.Rows, (ushort)height)
            .AddOrUpdate(DicomTag.SamplesPerPixel, (ushort)samples).AddOrUpdate(DicomTag.BitsAllocated, (ushort)allocated)
            .AddOrUpdate(DicomTag.BitsStored, (ushort)(stored ?? allocated)).AddOrUpdate(DicomTag.HighBit, (ushort)((stored ?? allocated) - 1))
            .AddOrUpdate(DicomTag.PixelRepresentation, (ushort)(isSigned ? 1 : 0))
            .AddOrUpdate(DicomTag.PhotometricInterpretation, photometric.Length > 0 ? photometric : samples == 3 ? "RGB" : "MONOCHROME2");
        if (frames is { } count) dataset.AddOrUpdate(DicomTag.NumberOfFrames, count);
        return dataset;
    }

    internal static DicomDataset WithNative(this DicomDataset dataset, byte[] pixels) =>
        dataset.AddOrUpdate(new DicomElement(DicomTag.PixelData, DicomVR.Parse("OW"), pixels));

    internal static DicomDataset WithFragments(this DicomDataset dataset, uint[] offsets, params byte[][] fragments)
    {
        byte[] table = new byte[4 * offsets.Length];
        for (int i = 0; i < offsets.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(4 * i), offsets[i]);
        return dataset.AddOrUpdate(new DicomFragmentSequence(DicomTag.PixelData, table, [.. fragments.Select(fragment => (ReadOnlyMemory<byte>)fragment)]));
    }

    internal static DicomPixelData Pixels(this DicomDataset dataset) => DicomPixelData.Create(dataset);

    /// <summary>Decodes one frame of one fragment.</summary>
    internal static byte[] Decode(FrameDecoder decoder, DicomDataset attributes, byte[] stream) =>
        decoder.Decode(attributes.WithFragments([], stream).Pixels(), 0, TestContext.Current.CancellationToken);
}
