using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Phantoms;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Series;

public sealed class DicomSeriesWriterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_Template_IsInEverySliceAndInstancesDiffer()
    {
        DicomDataset template = new DicomDataset().AddOrUpdate(DicomTag.PatientID, "P7").AddOrUpdate(DicomTag.BodyPartExamined, "ABDOMEN")
            .AddOrUpdate(DicomTag.SeriesInstanceUID, "2.25.5").AddOrUpdate(DicomTag.KVP, 120);

        DicomDataset[] slices = Write(Make(new short[30]), template);

        Assert.Equal(2, slices.Length);
        Assert.All(slices, slice => Assert.Equal("P7", slice.GetString(DicomTag.PatientID)));
        Assert.All(slices, slice => Assert.Equal("2.25.5", slice.GetString(DicomTag.SeriesInstanceUID)));
        Assert.All(slices, slice => Assert.Equal(DicomUID.CTImageStorage, slice.GetString(DicomTag.SOPClassUID)));
        Assert.Equal(slices[0].GetString(DicomTag.StudyInstanceUID), slices[1].GetString(DicomTag.StudyInstanceUID));
        Assert.NotEqual(slices[0].GetString(DicomTag.SOPInstanceUID), slices[1].GetString(DicomTag.SOPInstanceUID));
        Assert.Equal([1, 2], slices.Select(slice => slice.GetSingleValue<int>(DicomTag.InstanceNumber)));
        Assert.Equal(120, slices[0].GetSingleValue<double>(DicomTag.KVP));
        Assert.Equal([4.0, 6.5, 9], slices[0].GetValues<double>(DicomTag.ImagePositionPatient));
        Assert.Equal([4.0, 6.5, 11.5], slices[1].GetValues<double>(DicomTag.ImagePositionPatient));
        Assert.Equal([0.7, 0.9], slices[0].GetValues<double>(DicomTag.PixelSpacing));
    }

    [Fact]
    public void Write_NegativeValues_AreSignedAndOthersUnsigned()
    {
        Assert.Equal(1, Write(Make([-5, .. new short[29]]), new DicomDataset())[0].GetSingleValue<int>(DicomTag.PixelRepresentation));
        Assert.Equal(0, Write(Make([65535f, .. new float[29]]), new DicomDataset())[0].GetSingleValue<int>(DicomTag.PixelRepresentation));
    }

    [Fact]
    public void Write_WhatSlicesCannotHold_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Write(Make([0.5f, .. new float[29]]), new DicomDataset()));
        Assert.Throws<ArgumentException>(() => Write(Make([70000, .. new int[29]]), new DicomDataset()));
        Assert.Throws<ArgumentException>(() => Write(Make([-1, 40000, .. new int[28]]), new DicomDataset()));
        Assert.Throws<ArgumentException>(() => Write(new Volume(Upright, [new byte[30], new byte[30]]), new DicomDataset()));
        Affine map = Upright.IndexToPatient;
        VolumeGeometry sheared = new(Upright.Grid, map with { K = map.K + new Vector3D(0, 0.01, 0) });
        Assert.Throws<ArgumentException>(() => Write(new Volume(sheared, [new byte[30]]), new DicomDataset()));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("CT")]
    [InlineData("MR")]
    [InlineData("OT")]
    public async Task Write_Slices_PassDciodvfy(string modality)
    {
        string tool = ExternalTool.Require("dciodvfy");
        Write(Make([-5, .. new short[29]]), new DicomDataset().AddOrUpdate(DicomTag.Modality, modality));

        foreach (string path in Directory.GetFiles(_folder.Path))
        {
            (_, string output, string errors) = await RepositoryRoot.RunAsync(tool, path);
            Assert.Equal([], (output + errors).Split('\n').Where(line => line.StartsWith("Error", StringComparison.Ordinal)));
            Assert.Contains(modality switch { "CT" => "CTImage", "MR" => "MRImage", _ => "SCImage" }, output + errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Write_ObliquePhantomOfAnyStorageOrder_ComesBackInItsPlace()
    {
        PhantomOptions options = new() { Seed = 5, Grid = new GridSize(6, 40, 50), Spacing = new SpacingMm(5, 7, 8), ObliquityDegrees = 9, StoredAxes = null };
        Volume image = AbdomenPhantom.Create(options, TestContext.Current.CancellationToken).Image;

        DicomSeriesWriter.Write(_folder.Path, image, new DicomDataset().AddOrUpdate(DicomTag.BodyPartExamined, "ABDOMEN"));

        using FrameDecoder decoder = new();
        DicomSeriesReader reader = new(decoder);
        Volume back = reader.Read(reader.OpenSingle(Directory.GetFiles(_folder.Path), TestContext.Current.CancellationToken), new(), null, TestContext.Current.CancellationToken);
        AxisOrientation order = image.Geometry.IndexToPatient.Determinant > 0 ? AxisOrientation.None : new AxisOrientation(0, true, 1, false, 2, false);
        Assert.True(back.Geometry.Matches(order.Apply(image.Geometry)));
        int plane = back.Geometry.Grid.Height * back.Geometry.Grid.Width, depth = back.Geometry.Grid.Depth;
        for (int k = 0; k < depth; k++)
            Assert.True(back.Voxels<short>(0).Slice(k * plane, plane).SequenceEqual(image.Voxels<short>(0).Slice((order.IsNone ? k : depth - 1 - k) * plane, plane)));
    }

    private static VolumeGeometry Upright => VolumeGeometry.AxisAligned(new GridSize(2, 3, 5), new SpacingMm(2.5, 0.7, 0.9), new Vector3D(4, 6.5, 9));

    private static Volume Make<T>(T[] values) where T : unmanaged => new(Upright, [values], 1, -1024);

    private DicomDataset[] Write(Volume volume, DicomDataset template)
    {
        DicomSeriesWriter.Write(_folder.Path, volume, template);
        return [.. Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal).Select(path => DicomFile.Open(path).Dataset)];
    }
}
