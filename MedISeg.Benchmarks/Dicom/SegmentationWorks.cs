using MedISeg.Benchmarks.Engine;
using MedISeg.Benchmarks.Segmentations;
using MedISeg.Benchmarks.Targets;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Benchmarks.Dicom;

/// <summary>A segmentation of 104 organs written as an object, beside the writing of as many bytes of pixels.</summary>
internal static class SegmentationWorks
{
    private const string Object = "segmentation-object", Bytes = "segmentation-bytes";
    private const double Twice = 2;

    /// <summary>Runs of ours before the others: the compiler comes to the last of many small methods late, and a server writes more than one.</summary>
    private const int WarmUps = 12;

    /// <summary>Both works; they give the length of the pixels.</summary>
    public static IEnumerable<EngineWork> All => [new(Object, WritingObject), new(Bytes, WritingBytes)];

    /// <summary>Measures the row.</summary>
    /// <param name="rounds">Alternating runs of each process after the first one, at least 1.</param>
    public static TargetRow Measure(int rounds)
    {
        using WorkProcess ours = WorkProcess.Ours(EngineServer.Verb, Object), bytes = WorkProcess.Ours(EngineServer.Verb, Bytes);
        for (int n = 0; n < WarmUps; n++) ours.Run();
        WorkProcess.Alternate(rounds, ours, bytes);
        return new TargetRow("SEG of 104 segments against its bytes", ours.Seconds, bytes.Seconds, "s", Twice, AtLeast: false, ours.PeakMiB,
            ours.Results[^1] == bytes.Results[^1] ? null : $"lengths differ: {ours.Results[^1]} and {bytes.Results[^1]}");
    }

    private static Func<double> WritingObject()
    {
        (DicomSeries series, LabelMap labels) = Organs();
        SegmentationDescription description = new()
        {
            Segments = OrganGrid.Segments, AlgorithmName = "organs", AlgorithmVersion = "1", SoftwareVersion = "1", SopInstanceUid = "2.25.1",
            SeriesInstanceUid = "2.25.2", DimensionOrganizationUid = "2.25.3", CreatedAt = DateTimeOffset.UnixEpoch,
        };
        double pixels = Length(labels);
        return () =>
        {
            using FileStream output = Target();
            SegmentationWriter.Write(output, series, labels, description, CancellationToken.None);
            return pixels;
        };
    }

    private static Func<double> WritingBytes()
    {
        (_, LabelMap labels) = Organs();
        double pixels = Length(labels);
        byte[] frame = new byte[labels.Geometry.Grid.Height * labels.Geometry.Grid.Width / 8];
        return () =>
        {
            using FileStream output = Target();
            for (int n = 0; n < pixels / frame.Length; n++) output.Write(frame);
            return output.Length;
        };
    }

    private static double Length(LabelMap labels) =>
        SegmentPixels.Length(labels, SegmentFrames.Find(labels, OrganGrid.Segments, CancellationToken.None).Count);

    private static (DicomSeries Series, LabelMap Labels) Organs()
    {
        using FrameDecoder decoder = new();
        DicomSeries series = new DicomSeriesReader(decoder).OpenSingle(SeriesFolder.Files(SeriesFolder.Plain), CancellationToken.None);
        return (series, OrganGrid.Create(series.Geometry));
    }

    private static FileStream Target() => OrganGrid.Target(SeriesFolder.PathOf($"{Guid.NewGuid():N}.bin"));
}
