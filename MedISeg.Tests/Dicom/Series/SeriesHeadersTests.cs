using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Dicom.Segmentations;

namespace MedISeg.Tests.Dicom.Series;

public sealed class SeriesHeadersTests
{
    [Theory]
    [InlineData("even")]
    [InlineData("uneven")]
    [InlineData("multi-frame")]
    [InlineData("one slice")]
    [InlineData("lossy syntax")]
    public void OpenOfWhatWasSaved_TheSameSegmentation_CanBeWritten(string kind)
    {
        DicomSeries series = Series(kind);
        Assert.Equal(kind == "uneven", series.Stack is not null);

        using MemoryStream stream = new();
        SeriesHeaders.Save(stream, series);
        stream.Position = 0;
        DicomSeries opened = SeriesHeaders.Open(stream);

        Assert.Equal(series.Geometry.Grid, opened.Geometry.Grid);
        Assert.Equal(series.Geometry.IndexToPatient, opened.Geometry.IndexToPatient);
        Assert.Equal(series.Slices.Select(slice => slice.Frame), opened.Slices.Select(slice => slice.Frame));
        LabelMap labels = SegmentationCases.Pattern(series.Geometry, 1, 2);
        byte[] expected = SegmentationCases.Write(series, labels, SegmentationCases.Description(1, 2));
        Assert.Equal(expected, SegmentationCases.Write(opened, labels.On(opened.Geometry), SegmentationCases.Description(1, 2)));
        Assert.Equal(kind == "lossy syntax" ? "01" : "00", DicomFile.Open(expected).Dataset.GetString(DicomTag.LossyImageCompression));
    }

    private static DicomSeries Series(string kind)
    {
        VolumeGeometry geometry = SyntheticSeries.Oblique(new GridSize(kind == "one slice" ? 1 : 5, 3, 7));
        DicomSeries series = kind == "multi-frame" ? SyntheticSeries.CreateMultiFrame(geometry) : SyntheticSeries.Create(geometry);
        IEnumerable<DicomDataset> headers = series.Slices.Select(slice => slice.Header).Distinct().Where((_, k) => kind != "uneven" || k != 3);
        if (kind == "lossy syntax") headers = headers.Select(header =>
        {
            DicomDataset lossy = new(DicomTransferSyntax.JPEGProcess1);
            foreach (DicomItem item in header.Items) lossy.AddOrUpdate(item);
            return lossy;
        });
        return SeriesBuilder.Build([.. headers.Select(header => ("", header))], GeometryPolicy.Resample);
    }
}
