using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Series;

/// <summary>Uploads of several stacks: each is found, described without values, and read alone.</summary>
public sealed class ImageStackTests : IDisposable
{
    private readonly SliceFiles _files = new();
    private int _instance;

    public void Dispose() => _files.Dispose();

    [Fact]
    public void OpenSingle_TwoEchoes_AreListedAndEachIsReadAlone()
    {
        foreach (int echo in (int[])[2, 1])
            foreach (double z in (double[])[4, 0, 2])
                Add(z, (short)(100 * echo + (int)z), slice => slice.AddOrUpdate(DicomTag.EchoNumbers, echo).AddOrUpdate(DicomTag.Modality, "MR"));

        SegmentationException refusal = _files.Refusal();
        Assert.Equal(ErrorCode.MixedSeries, refusal.Code);
        Assert.Equal(
            "The upload holds 2 stacks of images: 1 (MR, echo 1, 3 images of 5x3), 2 (MR, echo 2, 3 images of 5x3); send one of them, or name one by option stack.",
            refusal.Message);
        Assert.Equal([100, 102, 104], FirstVoxels(1));
        Assert.Equal([200, 202, 204], FirstVoxels(2));
        Assert.Equal(2, Open(2).Geometry.Spacing.K, 1e-9);
        SegmentationException none = Assert.Throws<SegmentationException>(() => Open(3));
        Assert.Equal(ErrorCode.InvalidOption, none.Code);
        Assert.Contains("holds 2: 1 (MR, echo 1", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenSingle_TimesAndBValues_AreTakenApartByBoth()
    {
        foreach (int time in (int[])[1, 2])
            foreach (double b in (double[])[1000, 0])
                foreach (double z in (double[])[0, 3])
                    Add(z, (short)(time * 10 + b / 1000), slice => slice.AddOrUpdate(DicomTag.TemporalPositionIdentifier, time).AddOrUpdate(DicomTag.DiffusionBValue, b));

        Assert.Contains("4 stacks of images: 1 (CT, time point 1, b-value 0, 2 images of 5x3), 2 (CT, time point 1, b-value 1000,", _files.Refusal().Message, StringComparison.Ordinal);
        Assert.Equal([[10, 10], [11, 11], [20, 20], [21, 21]], Enumerable.Range(1, 4).Select(FirstVoxels));
    }

    [Fact]
    public void OpenSingle_ScoutsInTheSeries_AreLeftOutAndCounted()
    {
        foreach (double z in (double[])[0, 2, 4]) Add(z, (short)z);
        for (int n = 0; n < 2; n++)
            Add(50 + n, 9, slice => slice.AddOrUpdate(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "LOCALIZER").AddOrUpdate(DicomTag.ImageOrientationPatient, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0));

        DicomSeries series = _files.Open();

        Assert.Equal((3, 2), (series.Slices.Count, series.LocalizersLeftOut));
        Assert.Equal([0, 2, 4], FirstVoxels(null));
    }

    [Fact]
    public void OpenSingle_ScoutsAlone_AreReadAsWhatTheyAre()
    {
        foreach (double z in (double[])[0, 2]) Add(z, (short)z, slice => slice.AddOrUpdate(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "LOCALIZER"));
        Assert.Equal((2, 0), (_files.Open().Slices.Count, _files.Open().LocalizersLeftOut));
    }

    [Fact]
    public void OpenSingle_TwoOrientationsOrSizes_AreStacks()
    {
        foreach (double z in (double[])[0, 2]) Add(z, 1);
        foreach (double x in (double[])[0, 3])
            Add(0, 2, slice => slice.AddOrUpdate(DicomTag.ImageOrientationPatient, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0).AddOrUpdate(DicomTag.ImagePositionPatient, x, 0.0, 0.0));
        Assert.Contains("2 stacks of images: 1 (CT, 2 images of 5x3), 2 (CT, 2 images of 5x3)", _files.Refusal().Message, StringComparison.Ordinal);
        Assert.Equal(3, Open(2).Geometry.Spacing.K, 1e-9);
    }

    [Fact]
    public void OpenSingle_AcquisitionsOfOneVolume_StayTogether()
    {
        foreach (double z in (double[])[0, 2, 4, 6]) Add(z, (short)z, slice => slice.AddOrUpdate(DicomTag.AcquisitionNumber, z < 3 ? 1 : 2).AddOrUpdate(DicomTag.TriggerTime, z));
        Assert.Equal([0, 2, 4, 6], FirstVoxels(null));
    }

    [Fact]
    public void OpenSingle_OneTurnedSliceOrOneDoubled_IsStillAFaultAndNoStack()
    {
        foreach (double z in (double[])[0, 2, 4]) Add(z, 1);
        Add(6, 1, slice => slice.AddOrUpdate(DicomTag.ImageOrientationPatient, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0));
        Assert.Equal(ErrorCode.IrregularGeometry, _files.Refusal().Code);
        using SliceFiles doubled = new();
        foreach (double z in (double[])[0, 2, 2, 4]) doubled.Add(SliceHeaders.At(++_instance, z), new short[15]);
        Assert.Equal(ErrorCode.IrregularGeometry, doubled.Refusal().Code);
    }

    [Fact]
    public void OpenSingle_TextThatTellsStacksApart_IsNotRepeated()
    {
        foreach (string kind in (string[])["CANARY^NAME", "WATER"])
            foreach (double z in (double[])[0, 2]) Add(z, 1, slice => slice.AddOrUpdate(DicomTag.ImageType, "DERIVED", "PRIMARY", kind));
        string message = _files.Refusal().Message;
        Assert.Contains("1 (CT, kind 1, 2 images", message, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", message, StringComparison.Ordinal);
    }

    private void Add(double z, short value, Action<DicomDataset>? change = null)
    {
        DicomDataset slice = SliceHeaders.At(++_instance, z);
        change?.Invoke(slice);
        _files.Add(slice, Enumerable.Repeat(value, 15).ToArray());
    }

    private DicomSeries Open(int? stack) => _files.Reader.OpenSingle(_files.Paths, GeometryPolicy.Reject, stack, TestContext.Current.CancellationToken);

    private float[] FirstVoxels(int? stack)
    {
        Volume volume = _files.Reader.Read(Open(stack), new(), null, TestContext.Current.CancellationToken);
        return [.. Enumerable.Range(0, volume.Geometry.Grid.Depth).Select(k => volume.ToFloats(0)[k * 15])];
    }

    private float[] FirstVoxels(int stack) => FirstVoxels((int?)stack);
}
