using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Imaging.Resampling;

namespace MedISeg.Tests.Imaging.Formats;

/// <summary>NRRD and MetaImage against NIfTI of the same volume, in mm.</summary>
public sealed class TextFormatGeometryTests
{
    private const double ToleranceMm = 1e-4;

    [Fact]
    public void WriteThenRead_EveryAxisOrder_LiesWhereNiftiLies()
    {
        VolumeGeometry oblique = TestGeometry.Oblique(new GridSize(2, 3, 5));
        VolumeGeometry sheared = new(oblique.Grid, new Affine(new(0.7, 0.1, -0.05), new(-0.2, 1.1, 0.2), new(0.1, -0.3, 2.5), new(10, -20, 30)));
        foreach (VolumeGeometry upright in new[] { oblique, sheared })
            foreach (AxisOrientation order in AxisOrientation.All())
            {
                VolumeGeometry stored = order.Apply(upright);
                Volume image = new(stored, [.. Enumerable.Range(0, 3).Select(coordinate => TestGeometry.Ramp(stored, coordinate))]);
                Volume nifti = Through(image, NiftiWriter.Write, true);
                foreach (bool packed in new[] { false, true })
                    foreach (Volume read in new[] { Through(image, NrrdWriter.Write, packed), Through(image, MetaImageWriter.Write, packed) })
                    {
                        Assert.True(read.Geometry.Matches(nifti.Geometry, ToleranceMm));
                        for (int c = 0; c < 3; c++) Assert.Equal(image.ToFloats(c), read.ToFloats(c));
                        // The image says where each of its voxels is.
                        Vector3D last = read.Geometry.IndexToPatient.Apply(stored.Grid.Width - 1, 1, stored.Grid.Depth - 1);
                        int place = (int)stored.Grid.Offset(stored.Grid.Depth - 1, 1, stored.Grid.Width - 1);
                        for (int c = 0; c < 3; c++) Assert.Equal(last[c], read.ToFloats(c)[place], 1e-3);
                    }
            }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_PackedVoxelsDamagedOrCut_AreRefusedOrTheSame(bool nrrd)
    {
        LabelMap labels = new(TestGeometry.Oblique(new GridSize(2, 3, 5)), [.. Enumerable.Range(0, 30).Select(n => (byte)(n * 7))]);
        MemoryStream stream = new();
        if (nrrd) NrrdWriter.Write(stream, labels, gzip: true);
        else MetaImageWriter.Write(stream, labels, packed: true);
        byte[] whole = stream.ToArray();
        int start = whole.AsSpan().IndexOf(nrrd ? "\n\n"u8 : "LOCAL\n"u8) + (nrrd ? 2 : 6), checksum = whole.Length - (nrrd ? 8 : 4);
        for (int n = start; n < whole.Length; n++)
        {
            byte[] changed = [.. whole];
            changed[n] ^= 0x40;
            SegmentationException? refusal = Refusal(changed);
            if (refusal is not null) Assert.True(refusal.Code is ErrorCode.UnreadableImage or ErrorCode.TruncatedImage, $"byte {n}: {refusal.Code}");
            if (n >= checksum) Assert.Equal(ErrorCode.UnreadableImage, refusal?.Code);
            // Where only the end of the packed data is missing, all voxels are there.
            SegmentationException? cut = Refusal(whole[..n]);
            if (n < checksum - 8) Assert.Equal(ErrorCode.TruncatedImage, cut?.Code);
        }

        SegmentationException? Refusal(byte[] file)
        {
            try
            {
                Assert.Equal(labels.Bytes.ToArray(), ImageReader.ReadLabels(new MemoryStream(file), new ImageLimits()).Bytes.ToArray());
                return null;
            }
            catch (SegmentationException fault)
            {
                return fault;
            }
        }
    }

    [Fact]
    public void WriteThenRead_ScaledAndWideTypes_KeepRealValues()
    {
        VolumeGeometry geometry = TestGeometry.Oblique(new GridSize(2, 3, 5));
        Random random = new(4);
        short[] words = [.. Enumerable.Range(0, 30).Select(_ => (short)random.Next(-1000, 1000))];
        foreach (Volume image in new[]
        {
            new Volume(geometry, [words], slope: 0.5, intercept: -1024), new Volume(geometry, [words, words]), new Volume(geometry, [words.Select(w => (double)w / 3).ToArray()]),
            new Volume(geometry, [words.Select(w => w * 70000).ToArray()]),
        })
            foreach (Volume read in new[] { Through(image, NrrdWriter.Write, true), Through(image, MetaImageWriter.Write, true) })
            {
                Assert.Equal(image.Slope == 1 ? image.VoxelType : typeof(float), read.VoxelType);
                for (int c = 0; c < image.Channels; c++) Assert.Equal(image.ToFloats(c), read.ToFloats(c));
            }
        LabelMap wide = new(geometry, [.. words.Select(w => (ushort)(w + 1000))]);
        MemoryStream nrrd = new(), mha = new();
        NrrdWriter.Write(nrrd, wide, gzip: true);
        MetaImageWriter.Write(mha, wide, packed: true);
        foreach (MemoryStream stream in new[] { nrrd, mha })
        {
            stream.Position = 0;
            Assert.Equal(wide.Words.ToArray(), ImageReader.ReadLabels(stream, new ImageLimits()).Words.ToArray());
        }
    }

    private static Volume Through(Volume image, Action<Stream, Volume, bool> write, bool packed)
    {
        MemoryStream stream = new();
        write(stream, image, packed);
        stream.Position = 0;
        return ImageReader.Read(stream, new ImageLimits()).Volume;
    }
}
