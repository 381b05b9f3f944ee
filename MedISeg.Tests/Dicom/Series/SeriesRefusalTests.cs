using MedISeg.Dicom;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Tests.Dicom.Series;

public sealed class SeriesRefusalTests
{
    [Fact]
    public void Build_MissingSlice_NamesTheNeighboursAndTheirPlaces()
    {
        DicomDataset[] slices = [.. SliceHeaders.Stack(0, 3, 6, 9, 12, 15, 18, 21).Where((_, n) => n != 5)];

        SegmentationException refusal = SliceHeaders.Refusal(slices);

        Assert.Equal(ErrorCode.IrregularGeometry, refusal.Code);
        Assert.Equal(
            "Between instance 5 and instance 7 (at 12.0 and 18.0 mm along the normal) one slice is missing; the others are 3.0 mm apart. Send the complete series, or ask for option geometry 'resample'.",
            refusal.Message);
    }

    [Fact]
    public void Build_SeveralMissing_CountsThemAll()
    {
        SegmentationException refusal = SliceHeaders.Refusal(SliceHeaders.Stack(0, 2.5, 5, 12.5, 15, 20));

        Assert.Contains("Between instance 3 and instance 4 (at 5.0 and 12.5 mm along the normal) 2 slices are missing, 3 in all", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_MissingOfThree_IsSeen()
    {
        Assert.Contains("one slice is missing", SliceHeaders.Refusal(SliceHeaders.Stack(0, 2, 6)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_UnevenSpacing_SaysFromTo()
    {
        SegmentationException refusal = SliceHeaders.Refusal(SliceHeaders.Stack(0, 2, 4, 7.4, 9.4));

        Assert.Equal(ErrorCode.IrregularGeometry, refusal.Code);
        Assert.Contains("unevenly spaced: from 2.0 to 3.4 mm apart, usually 2.0 mm; between instance 3 and instance 4 (at 4.0 and 7.4 mm", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2.019, true)]
    [InlineData(2.05, false)]
    public void Build_OneOddGap_PassesUpToOnePercent(double gap, bool passes)
    {
        DicomDataset[] slices = SliceHeaders.Stack(0, 2, 4, 4 + gap, 6 + gap);

        if (passes) Assert.Equal(5, SliceHeaders.Build(slices).Slices.Count);
        else Assert.Equal(ErrorCode.IrregularGeometry, SliceHeaders.Refusal(slices).Code);
    }

    [Fact]
    public void Build_ThinSlicesRoundedToHundredths_Pass()
    {
        double[] places = [.. Enumerable.Range(0, 40).Select(n => Math.Round(n * 0.333, 2))];

        Assert.Equal(0.333, SliceHeaders.Build(SliceHeaders.Stack(places)).Geometry.Spacing.K, 1e-3);
    }

    [Fact]
    public void Build_GapsThatGrowSlowly_AreRefused()
    {
        // Every gap is within 1 % of the mean, and in the middle the slices are 0.5 mm off an even grid.
        double place = 0;
        double[] places = [.. Enumerable.Range(0, 101).Select(n => { double at = place; place += n < 50 ? 1.991 : 2.009; return at; })];

        SegmentationException refusal = SliceHeaders.Refusal(SliceHeaders.Stack(places));

        Assert.Equal(ErrorCode.IrregularGeometry, refusal.Code);
        Assert.Contains("off its place on the line", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_OneSliceTwice_NamesThePair()
    {
        DicomDataset[] slices = [.. SliceHeaders.Stack(0, 3, 6, 9), SliceHeaders.At(9, 3.0002)];

        SegmentationException refusal = SliceHeaders.Refusal(slices);

        Assert.Equal(ErrorCode.IrregularGeometry, refusal.Code);
        Assert.StartsWith("Two slices lie at one position (3.0 mm along the normal): instance 2 and instance 9. 1 of 5 slices are in excess", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_EveryPositionThrice_SpeaksOfTimePoints()
    {
        DicomDataset[] slices = [.. Enumerable.Range(0, 12).Select(n => SliceHeaders.At(n + 1, 5.0 * (n % 4)))];

        Assert.StartsWith("3 images lie at each of 4 positions", SliceHeaders.Refusal(slices).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_Tilt_SaysTheAngle()
    {
        double shear = Math.Tan(12.3 * Math.PI / 180);
        DicomDataset[] slices = [.. Enumerable.Range(0, 5).Select(n => SliceHeaders.At(n + 1, new Vector3D(0, 10 + shear * 3 * n, 3 * n)))];

        SegmentationException refusal = SliceHeaders.Refusal(slices);

        Assert.Equal(ErrorCode.IrregularGeometry, refusal.Code);
        Assert.Contains("sheared by 12.3 degrees", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"2.616 mm over 12.0 mm", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_OneSliceSideways_SaysHowFar()
    {
        DicomDataset[] slices = SliceHeaders.Stack(0, 3, 6, 9);
        slices[2] = SliceHeaders.At(3, new Vector3D(-20, 31.5, 6));

        Assert.Contains("instance 3 lies 1.5 mm off its place", SliceHeaders.Refusal(slices).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_TurnedSlice_SaysTheAngle()
    {
        DicomDataset[] slices = SliceHeaders.Stack(0, 3, 6);
        double angle = 2 * Math.PI / 180;
        slices[1].AddOrUpdate(DicomTag.ImageOrientationPatient, 1, 0, 0, 0, Math.Cos(angle), Math.Sin(angle));

        SegmentationException refusal = SliceHeaders.Refusal(slices);

        Assert.Equal(ErrorCode.IrregularGeometry, refusal.Code);
        Assert.Contains("instance 2 is turned by 2.0 degrees against instance 1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_OtherSize_SaysBoth()
    {
        DicomDataset[] slices = SliceHeaders.Stack(0, 3, 6);
        slices[2].AddOrUpdate(DicomTag.Rows, (ushort)7);

        SegmentationException refusal = SliceHeaders.Refusal(slices);

        Assert.Equal(ErrorCode.IrregularGeometry, refusal.Code);
        Assert.Contains("instance 1 has 5x3 pixels, instance 3 has 5x7", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_OtherSamples_IsMixed()
    {
        DicomDataset[] slices = SliceHeaders.Stack(0, 3);
        slices[1].AddOrUpdate(DicomTag.SamplesPerPixel, (ushort)3);

        Assert.Equal(ErrorCode.MixedSeries, SliceHeaders.Refusal(slices).Code);
    }

    [Fact]
    public void Build_OtherPixelSpacing_SaysBoth()
    {
        DicomDataset[] slices = SliceHeaders.Stack(0, 3);
        slices[1].AddOrUpdate(DicomTag.PixelSpacing, 0.7, 0.95);

        SegmentationException refusal = SliceHeaders.Refusal(slices);

        Assert.Equal(ErrorCode.IrregularGeometry, refusal.Code);
        Assert.Contains("instance 1 has 0.7 x 0.9 mm, instance 2 has 0.7 x 0.95 mm", refusal.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Mixtures => new()
    {
        { "Modality", "MR", "2 modalities" },
        { "FrameOfReferenceUID", "2.25.99", "2 frames of reference" },
        { "StudyInstanceUID", "2.25.99", "2 studies" },
        { "PatientID", "CANARY", "2 patients" },
    };

    [Theory]
    [MemberData(nameof(Mixtures))]
    public void Build_MixedSeries_SaysOfWhatAndNoValue(string keyword, string value, string expected)
    {
        DicomDataset[] slices = SliceHeaders.Stack(0, 3, 6);
        foreach (DicomDataset slice in slices) slice.AddOrUpdate(DicomTag.PatientID, "one");
        slices[1].AddOrUpdate(DicomDictionary.TagOf(keyword)!.Value, value);

        SegmentationException refusal = SliceHeaders.Refusal(slices);

        Assert.Equal(ErrorCode.MixedSeries, refusal.Code);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SOPInstanceUID", "1.2.CANARY")]
    [InlineData("FrameOfReferenceUID", "1.2\\1.3")]
    [InlineData("StudyInstanceUID", "1.2345678901234567890123456789012345678901234567890123456789012345")]
    public void Build_UidThatIsNone_IsUnreadableWithoutItsValue(string keyword, string value)
    {
        SegmentationException refusal = SliceHeaders.Refusal(SliceHeaders.At(1, 0).AddOrUpdate(DicomDictionary.TagOf(keyword)!.Value, value));

        Assert.Equal(ErrorCode.UnreadableImage, refusal.Code);
        Assert.Contains(keyword, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_FrameOfReferenceMissingInOne_Passes()
    {
        DicomDataset[] slices = SliceHeaders.Stack(0, 3, 6);
        slices[1].Remove(DicomTag.FrameOfReferenceUID);

        Assert.Equal(3, SliceHeaders.Build(slices).Slices.Count);
    }

    public static TheoryData<string, double[]> BadGeometry => new()
    {
        { "ImageOrientationPatient", [1, 0, 0, 0.1, 0.995, 0] },
        { "ImageOrientationPatient", [1, 0, 0, 0, 0.9, 0] },
        { "ImageOrientationPatient", [0, 0, 0, 0, 0, 0] },
        { "ImageOrientationPatient", [1, 0, 0, 0, 1] },
        { "ImagePositionPatient", [1, 2] },
        { "ImagePositionPatient", [0, 0, 1e9] },
        { "PixelSpacing", [0.7] },
        { "PixelSpacing", [0.7, 0] },
        { "PixelSpacing", [-0.7, 0.9] },
        { "PixelSpacing", [] },
    };

    [Theory]
    [MemberData(nameof(BadGeometry))]
    public void Build_ImpossibleHeader_IsInvalid(string keyword, double[] values)
    {
        DicomDataset slice = SliceHeaders.At(1, 0).AddOrUpdate(DicomDictionary.TagOf(keyword)!.Value, values);

        Assert.Equal(ErrorCode.InvalidGeometry, SliceHeaders.Refusal(slice).Code);
    }

    [Fact]
    public void Build_SeveralImagesWithoutPositions_AreNoVolume()
    {
        DicomDataset[] slices = [.. SliceHeaders.Stack(0, 3).Select(slice => slice.Remove(DicomTag.ImagePositionPatient))];

        SegmentationException refusal = SliceHeaders.Refusal(slices);

        Assert.Equal(ErrorCode.InvalidGeometry, refusal.Code);
        Assert.StartsWith("None of the 2 images has a position", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_OneSliceWithoutPosition_IsNamed()
    {
        DicomDataset[] slices = SliceHeaders.Stack(0, 3, 6);
        slices[1].Remove(DicomTag.ImageOrientationPatient);

        SegmentationException refusal = SliceHeaders.Refusal(slices);

        Assert.Equal(ErrorCode.InvalidGeometry, refusal.Code);
        Assert.StartsWith("1 of 3 images have no position or orientation in the patient, instance 2 among them", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_CineLoop_IsInvalid()
    {
        SegmentationException refusal = SliceHeaders.Refusal(SliceHeaders.At(1, 0).AddOrUpdate(DicomTag.NumberOfFrames, 30));

        Assert.Equal(ErrorCode.InvalidGeometry, refusal.Code);
        Assert.Contains("30 frames", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_SliceSidewaysByMoreThanATenthOfAPixel_IsRefused()
    {
        // 0.1 mm is less than 5 % of the gap, and a seventh of a pixel.
        DicomDataset[] slices = SliceHeaders.Stack(0, 3, 6, 9);
        slices[2] = SliceHeaders.At(3, new Vector3D(-20, 30.1, 6));

        Assert.Contains("instance 3 lies 0.1 mm off its place", SliceHeaders.Refusal(slices).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_ImageThatCameTwice_SaysSo()
    {
        SegmentationException refusal = SliceHeaders.Refusal(SliceHeaders.At(1, 0), SliceHeaders.At(2, 3), SliceHeaders.At(3, 6), SliceHeaders.At(2, 3));

        Assert.Equal(ErrorCode.IrregularGeometry, refusal.Code);
        Assert.StartsWith("1 of 4 images came twice (instance 2 among them", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_WholeSeriesTwice_SaysSo()
    {
        DicomDataset[] slices = [.. SliceHeaders.Stack(0, 3, 6), .. SliceHeaders.Stack(0, 3, 6)];

        Assert.StartsWith("3 of 6 images came twice", SliceHeaders.Refusal(slices).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_OneImageWithoutAPlaceTwice_SaysSo()
    {
        DicomDataset[] images = [SliceHeaders.At(4, 0), SliceHeaders.At(4, 0)];
        foreach (DicomDataset image in images) image.Remove(DicomTag.ImagePositionPatient).Remove(DicomTag.ImageOrientationPatient);

        Assert.StartsWith("1 of 2 images came twice", SliceHeaders.Refusal(images).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e308)]
    [InlineData(-1.1e7)]
    public void Build_PositionFarOutside_IsRefusedForThat(double z)
    {
        SegmentationException refusal = SliceHeaders.Refusal(SliceHeaders.Stack(z, 3));

        Assert.Equal(ErrorCode.InvalidGeometry, refusal.Code);
        Assert.Contains("of instance 1 is more than 10 km from", refusal.Message, StringComparison.Ordinal);
    }
}
