using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Imaging.Formats;

namespace MedISeg.Tests.Dicom.Segmentations;

/// <summary>Objects as others write them: what is tolerated, and what is refused with a reason.</summary>
public sealed class DicomSegmentationTests
{
    private static readonly VolumeGeometry Geometry = SyntheticSeries.Oblique(new GridSize(4, 3, 5));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void ToLabelMap_Fractional_CountsWhatIsAboveOneHalf()
    {
        // One frame a byte value around half of the maximum, 200.
        DicomDataset dataset = Frames("FRACTIONAL", [99, 100, 101, 200, 0]);
        dataset.AddOrUpdate(DicomTag.SegmentationFractionalType, "PROBABILITY").AddOrUpdate(DicomTag.MaximumFractionalValue, 200);
        DicomSegmentation seg = DicomSegmentation.Create(dataset);
        Assert.Equal((SegmentationKind.Fractional, 200), (seg.Kind, seg.MaximumFraction));
        LabelMap labels = seg.ToLabelMap(Plane(5));
        Assert.Equal([0, 0, 1, 1, 0], labels.Bytes.ToArray());
        Assert.Equal([0.495f, 0.5f, 0.505f, 1, 0], seg.ToFractions(1, Plane(5), Token).Voxels<float>(0).ToArray());
        Assert.Equal([99, 100, 101, 200, 0], seg.ReadFrame(0, Token));
    }

    [Fact]
    public void ToLabelMap_LabelMapWithPadding_HasNoLabelThere()
    {
        DicomDataset dataset = Frames("LABELMAP", [0, 5, 1, 2, 1]);
        dataset.AddOrUpdate(DicomTag.SOPClassUID, DicomUID.LabelMapSegmentationStorage).AddOrUpdate(DicomTag.PixelPaddingValue, 5);
        dataset.AddOrUpdate(new DicomSequence(DicomTag.SegmentSequence, Segment(0), Segment(1), Segment(2)));
        DicomSegmentation seg = DicomSegmentation.Create(dataset);
        Assert.Equal([0, 0, 1, 2, 1], seg.ToLabelMap(Plane(5)).Bytes.ToArray());
        Assert.Equal([0, 0, 0, 1, 0], seg.ToMask(2, Plane(5), Token).Bytes.ToArray());
        Assert.Equal([0, 0, 1, 0, 1], seg.ToFractions(1, Plane(5), Token).Voxels<float>(0).ToArray());
    }

    [Fact]
    public void ToLabelMap_LabelMapOf16Bits_IsWide()
    {
        DicomDataset dataset = Frames("LABELMAP", [0x2c, 1, 0, 0, 7, 0]);
        dataset.AddOrUpdate(DicomTag.SOPClassUID, DicomUID.LabelMapSegmentationStorage).AddOrUpdate(DicomTag.Columns, 3)
            .AddOrUpdate(DicomTag.BitsAllocated, 16).AddOrUpdate(DicomTag.BitsStored, 16).AddOrUpdate(DicomTag.HighBit, 15);
        dataset.AddOrUpdate(new DicomSequence(DicomTag.SegmentSequence, Segment(7), Segment(300)));
        Assert.Equal([300, 0, 7], DicomSegmentation.Create(dataset).ToLabelMap(Plane(3)).Words.ToArray());
    }

    [Fact]
    public void ToLabelMap_ValueOfNoSegment_IsInvalidVoxels()
    {
        DicomDataset dataset = Frames("LABELMAP", [0, 1, 9, 0, 0]).AddOrUpdate(DicomTag.SOPClassUID, DicomUID.LabelMapSegmentationStorage);
        Refusal.Is(ErrorCode.InvalidVoxels, "segment 9", () => DicomSegmentation.Create(dataset).ToLabelMap(Plane(5)));
    }

    [Fact]
    public void ToLabelMap_OverlappingSegments_IsRefusedAndMasksAreNot()
    {
        DicomDataset dataset = Written();
        // The first frame of segment 2 becomes one of segment 1's slice 0, with other voxels: voxel (0, 0, 0) is in both.
        IList<DicomDataset> frames = dataset.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items;
        frames[4].AddOrUpdate(frames[0].GetDicomItem<DicomSequence>(DicomTag.PlanePositionSequence)!);
        byte[] pixels = dataset.GetDicomItem<DicomElement>(DicomTag.PixelData)!.Buffer.ToArray();
        Array.Fill(pixels, (byte)0xff);
        dataset.AddOrUpdate(DicomVR.Parse("OB"), DicomTag.PixelData, pixels);
        DicomSegmentation seg = DicomSegmentation.Create(dataset);
        Refusal.Is(ErrorCode.InvalidVoxels, "Segments 1 and 2 overlap", () => seg.ToLabelMap(Geometry));
        Assert.Equal(60, seg.ToMask(1, Geometry, Token).Bytes.ToArray().Sum(voxel => voxel));
        Assert.Equal(45, seg.ToMask(2, Geometry, Token).Bytes.ToArray().Sum(voxel => voxel));
        Assert.Equal(0, seg.ToMask(3, Geometry, Token).Bytes.ToArray().Sum(voxel => voxel));
        Assert.Throws<ArgumentOutOfRangeException>(() => seg.ToMask(4, Geometry, Token));
    }

    [Fact]
    public void ToLabelMap_EverythingPerFrameOrAtTheTop_IsFound()
    {
        // Orientation and measures in each frame's groups instead of the shared ones.
        DicomDataset perFrame = Written();
        DicomDataset shared = perFrame.GetSequence(DicomTag.SharedFunctionalGroupsSequence).Items[0];
        foreach (DicomDataset frame in perFrame.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items)
            foreach (DicomItem item in shared.Items) frame.AddOrUpdate(item);
        perFrame.Remove(DicomTag.SharedFunctionalGroupsSequence);
        byte[] expected = SegmentationCases.Pattern(Geometry, 1, 2).Bytes.ToArray();
        Assert.Equal(expected, DicomSegmentation.Create(perFrame).ToLabelMap(Geometry).Bytes.ToArray());

        // One frame without any groups: the attributes of an ordinary image, and only one segment that it can belong to.
        DicomDataset top = Frames("LABELMAP", [0, 1, 1, 0, 1]);
        top.AddOrUpdate(DicomTag.SegmentationType, "BINARY").AddOrUpdate(DicomTag.BitsAllocated, 1).AddOrUpdate(DicomTag.BitsStored, 1)
            .AddOrUpdate(DicomTag.HighBit, 0).AddOrUpdate(DicomVR.Parse("OB"), DicomTag.PixelData, new byte[] { 0b10110, 0 });
        Assert.Equal([0, 1, 1, 0, 1], DicomSegmentation.Create(top).ToLabelMap(Plane(5)).Bytes.ToArray());
    }

    [Fact]
    public void FindGrid_WrongStatedSpacing_IsTheOneThatAllGapsAreMultiplesOf()
    {
        DicomDataset dataset = Written();
        DicomDataset measures = dataset.GetSequence(DicomTag.SharedFunctionalGroupsSequence).Items[0].GetSequence(DicomTag.PixelMeasuresSequence).Items[0];
        measures.AddOrUpdate(DicomTag.SpacingBetweenSlices, 5.0);
        Assert.True(DicomSegmentation.Create(dataset).FindGrid().Matches(Geometry, 1e-6));
        measures.Remove(DicomTag.SpacingBetweenSlices);
        Assert.True(DicomSegmentation.Create(dataset).FindGrid().Matches(Geometry, 1e-6));
    }

    [Theory]
    [InlineData(new double[] { 0, 2, 5 }, 1, 6)]
    [InlineData(new double[] { 0, 7.5, 2.5 }, 2.5, 4)]
    [InlineData(new double[] { 4, 4, 4 }, 3, 1)]
    [InlineData(new double[] { 0, 1.5, 2.5 }, 0.5, 6)]
    public void FindGrid_Gaps_GiveTheLargestCommonStep(double[] heights, double spacing, int depth)
    {
        VolumeGeometry grid = DicomSegmentation.Create(AtHeights(heights)).FindGrid();
        Assert.Equal(depth, grid.Grid.Depth);
        Assert.Equal(spacing, grid.Spacing.K, 1e-6);
        Assert.Equal(heights.Min(), grid.IndexToPatient.Origin.Z, 1e-6);
    }

    [Fact]
    public void FindGrid_GapsThatAreNoMultiples_IsIrregular() =>
        Refusal.Is(ErrorCode.IrregularGeometry, "no regular grid", () => DicomSegmentation.Create(AtHeights([0, 1, 2.37, 5.81])).FindGrid());

    [Fact]
    public void FindGrid_FramesMilesApart_IsTooLarge() =>
        Refusal.Is(ErrorCode.TooLarge, "too far apart", () => DicomSegmentation.Create(AtHeights([0, 0.1, 9e6])).FindGrid());

    [Fact]
    public void ToLabelMap_FrameBetweenPlanes_SaysHowFar()
    {
        VolumeGeometry shifted = new(Geometry.Grid, Geometry.IndexToPatient with
        {
            Origin = Geometry.IndexToPatient.Origin + Geometry.IndexToPatient.K * 0.1,
        });
        Refusal.Is(ErrorCode.IrregularGeometry, "0.25 mm off the nearest plane", () => DicomSegmentation.Create(Written()).ToLabelMap(shifted));
        // A thousandth of the spacing is rounding.
        VolumeGeometry rounded = new(Geometry.Grid, Geometry.IndexToPatient with
        {
            Origin = Geometry.IndexToPatient.Origin + Geometry.IndexToPatient.K * 0.001,
        });
        Assert.Equal(SegmentationCases.Pattern(Geometry, 1, 2).Bytes.ToArray(), DicomSegmentation.Create(Written()).ToLabelMap(rounded).Bytes.ToArray());
    }

    [Fact]
    public void ToLabelMap_OtherGrids_AreRefused()
    {
        DicomSegmentation seg = DicomSegmentation.Create(Written());
        VolumeGeometry flipped = new AxisOrientation(0, false, 1, true, 2, false).Apply(Geometry);
        Refusal.Is(ErrorCode.IrregularGeometry, "another orientation", () => seg.ToLabelMap(flipped));
        Refusal.Is(ErrorCode.IrregularGeometry, "has 5x3 pixels", () => seg.ToLabelMap(SyntheticSeries.Oblique(new GridSize(4, 3, 6))));
        Refusal.Is(ErrorCode.IrregularGeometry, "outside the grid", () => seg.ToLabelMap(SyntheticSeries.Oblique(new GridSize(3, 3, 5))));
    }

    [Fact]
    public void ToLabelMap_FramesWithoutPlace_IsInvalidGeometryAndFramesCanStillBeRead()
    {
        DicomDataset dataset = Written();
        foreach (DicomDataset frame in dataset.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items) frame.Remove(DicomTag.PlanePositionSequence);
        DicomSegmentation seg = DicomSegmentation.Create(dataset);
        Refusal.Is(ErrorCode.InvalidGeometry, "Frame 1", () => seg.ToLabelMap());
        Assert.Equal(new SegmentationFrame(2, null), seg.Frames[4]);
        LabelMap labels = SegmentationCases.Pattern(Geometry, 1, 2);
        Assert.Equal(Enumerable.Range(0, 15).Select(n => labels[1, n / 5, n % 5] == 2 ? 1 : 0), seg.ReadFrame(4, Token));
    }

    public static TheoryData<string, ErrorCode, string, Action<DicomDataset>> Damages => new()
    {
        { "class", ErrorCode.UnreadableImage, "not a segmentation", set => set.AddOrUpdate(DicomTag.SOPClassUID, DicomUID.CTImageStorage) },
        { "type", ErrorCode.UnreadableImage, "SegmentationType", set => set.AddOrUpdate(DicomTag.SegmentationType, "OTHER") },
        { "segments", ErrorCode.UnreadableImage, "SegmentSequence", set => set.Remove(DicomTag.SegmentSequence) },
        { "none", ErrorCode.UnreadableImage, "no segment", set => set.AddOrUpdate(new DicomSequence(DicomTag.SegmentSequence)) },
        { "number", ErrorCode.UnreadableImage, "SegmentNumber", set => set.GetSequence(DicomTag.SegmentSequence).Items[1].Remove(DicomTag.SegmentNumber) },
        {
            "twice", ErrorCode.UnreadableImage, "number 1",
            set => set.GetSequence(DicomTag.SegmentSequence).Items[1].AddOrUpdate(DicomTag.SegmentNumber, 1)
        },
        { "pixels", ErrorCode.NoPixelData, "", set => set.Remove(DicomTag.PixelData) },
        { "frames", ErrorCode.TruncatedImage, "", set => set.AddOrUpdate(DicomTag.NumberOfFrames, 5000) },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Create_DamagedObject_IsRefused(string what, ErrorCode code, string mentions, Action<DicomDataset> damage)
    {
        Assert.NotEmpty(what);
        DicomDataset dataset = Written();
        damage(dataset);
        Refusal.Is(code, mentions, () => DicomSegmentation.Create(dataset));
    }

    [Fact]
    public void ToLabelMap_FrameOfNoSegment_IsUnreadable()
    {
        DicomDataset dataset = Written();
        dataset.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items[2].Remove(DicomTag.SegmentIdentificationSequence);
        Refusal.Is(ErrorCode.UnreadableImage, "Frame 3", () => DicomSegmentation.Create(dataset).ToLabelMap(Geometry));
    }

    private static DicomDataset Written() => SegmentationCases.WriteAndOpen(
        SyntheticSeries.Create(Geometry), SegmentationCases.Pattern(Geometry, 3, 300), SegmentationCases.Description());

    private static DicomDataset Segment(int number) =>
        new DicomDataset().AddOrUpdate(DicomTag.SegmentNumber, number).AddOrUpdate(DicomTag.SegmentLabel, "s");

    private static VolumeGeometry Plane(int columns) =>
        new(new GridSize(1, 1, columns), new Affine(new(0, 0.5, 0), new(0, 0, 2), new(3, 0, 0), new(-7, 8, 9)));

    /// <summary>An object of one frame of one row, without functional groups; its attributes are at the top.</summary>
    private static DicomDataset Frames(string type, byte[] pixels) => new DicomDataset()
        .AddOrUpdate(DicomTag.SOPClassUID, DicomUID.SegmentationStorage).AddOrUpdate(DicomTag.SOPInstanceUID, "2.25.1")
        .AddOrUpdate(DicomTag.SegmentationType, type)
        .AddOrUpdate(DicomTag.SegmentSequence, Segment(1))
        .AddOrUpdate(DicomTag.SamplesPerPixel, 1).AddOrUpdate(DicomTag.PhotometricInterpretation, "MONOCHROME2")
        .AddOrUpdate(DicomTag.Rows, 1).AddOrUpdate(DicomTag.Columns, pixels.Length)
        .AddOrUpdate(DicomTag.BitsAllocated, 8).AddOrUpdate(DicomTag.BitsStored, 8).AddOrUpdate(DicomTag.HighBit, 7)
        .AddOrUpdate(DicomTag.PixelRepresentation, 0)
        .AddOrUpdate(DicomTag.ImagePositionPatient, -7, 8, 9).AddOrUpdate(DicomTag.ImageOrientationPatient, 0, 1, 0, 0, 0, 1)
        .AddOrUpdate(DicomTag.PixelSpacing, 2.0, 0.5)
        .AddOrUpdate(DicomVR.Parse("OB"), DicomTag.PixelData, [.. pixels, .. new byte[pixels.Length % 2]]);

    /// <summary>Frames of 3 x 5 pixels at places along z, 3 mm thick.</summary>
    private static DicomDataset AtHeights(double[] heights) => Frames("BINARY", new byte[8])
        .AddOrUpdate(DicomTag.Rows, 3).AddOrUpdate(DicomTag.Columns, 5).AddOrUpdate(DicomTag.NumberOfFrames, heights.Length)
        .AddOrUpdate(DicomTag.ImageOrientationPatient, 1, 0, 0, 0, 1, 0).AddOrUpdate(DicomTag.SliceThickness, 3)
        .AddOrUpdate(DicomTag.BitsAllocated, 1).AddOrUpdate(DicomTag.BitsStored, 1).AddOrUpdate(DicomTag.HighBit, 0)
        .AddOrUpdate(new DicomSequence(DicomTag.PerFrameFunctionalGroupsSequence, heights.Select(height => new DicomDataset().AddOrUpdate(
            DicomTag.PlanePositionSequence, new DicomDataset().AddOrUpdate(DicomTag.ImagePositionPatient, 1, 2, height)))));
}
