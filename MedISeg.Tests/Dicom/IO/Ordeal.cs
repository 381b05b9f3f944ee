using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Dicom.Segmentations;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.IO;

/// <summary>Puts bytes through all that reads DICOM. Only <see cref="SegmentationException"/> with a code for the caller may come out of each step.</summary>
internal sealed class Ordeal : IDisposable
{
    private const long MostVoxels = 1 << 24;
    private const long MostWrittenVoxels = 1 << 18;

    private readonly TempFolder _folder = new();
    private readonly FrameDecoder _decoder = new(new DecoderOptions { MaxProcesses = 1, Timeout = TimeSpan.FromSeconds(2) });

    /// <summary>Inputs that opened.</summary>
    public int Opened { get; private set; }

    /// <summary>Inputs of which a frame was decoded.</summary>
    public int Decoded { get; private set; }

    /// <summary>Inputs that were read as a volume.</summary>
    public int Volumes { get; private set; }

    /// <summary>Inputs for which an empty segmentation was written.</summary>
    public int Written { get; private set; }

    /// <summary>Inputs that were read as a segmentation.</summary>
    public int Segmentations { get; private set; }

    /// <summary>Runs one input.</summary>
    public void Run(byte[] bytes, CancellationToken cancellationToken)
    {
        DicomDataset? dataset = null;
        if (!Passes(() => dataset = DicomFile.Open(bytes).Dataset)) return;
        Opened++;
        ReadValues(dataset!);
        if (Passes(() => DecodeFrame(dataset!, cancellationToken))) Decoded++;
        string path = Path.Combine(_folder.Path, "input");
        File.WriteAllBytes(path, bytes);
        if (Passes(() => ReadVolume(path, cancellationToken))) Volumes++;
        if (Passes(() => ReadSegmentation(path, cancellationToken))) Segmentations++;
    }

    public void Dispose()
    {
        _decoder.Dispose();
        _folder.Dispose();
    }

    private static bool Passes(Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (SegmentationException error)
        {
            Assert.True(error.Code is ErrorCode.TooLarge or ErrorCode.UnsupportedTransferSyntax or ErrorCode.UnreadableImage or ErrorCode.TruncatedImage
                or ErrorCode.NoPixelData or ErrorCode.InvalidVoxels or ErrorCode.InvalidGeometry or ErrorCode.IrregularGeometry or ErrorCode.MixedSeries,
                $"{error.Code}: {error.Message}");
            return false;
        }
    }

    /// <summary>Text and numbers of all elements.</summary>
    private static void ReadValues(DicomDataset dataset)
    {
        foreach (DicomItem item in dataset.Items)
        {
            if (item is DicomSequence sequence)
                foreach (DicomDataset inner in sequence.Items) ReadValues(inner);
            if (item is not DicomElement { Buffer.Length: < 1 << 16 }) continue;
            Passes(() => dataset.GetString(item.Tag));
            Passes(() => dataset.GetValues<double>(item.Tag));
            Passes(() => dataset.GetValues<int>(item.Tag));
            Assert.True(dataset.GetValueCount(item.Tag) >= 0);
        }
    }

    private void DecodeFrame(DicomDataset dataset, CancellationToken cancellationToken)
    {
        DicomPixelData pixels = DicomPixelData.Create(dataset);
        _decoder.Decode(pixels, 0, cancellationToken);
        if (pixels.SamplesPerFrame <= MostVoxels) _decoder.ReadValues(pixels, 0, new int[pixels.SamplesPerFrame], cancellationToken);
    }

    private void ReadVolume(string path, CancellationToken cancellationToken)
    {
        DicomSeriesReader reader = new(_decoder);
        foreach (DicomSeries series in reader.Open([path], cancellationToken))
        {
            Volume volume = reader.Read(series, new ImageLimits { MaxVoxels = MostVoxels }, null, cancellationToken);
            if (volume.Geometry.Grid.VoxelCount <= MostWrittenVoxels && Passes(() => WriteSegmentation(series, cancellationToken))) Written++;
        }
    }

    /// <summary>A result for this source: what was read must not keep it from being written, or only with a reason.</summary>
    private static void WriteSegmentation(DicomSeries series, CancellationToken cancellationToken)
    {
        using MemoryStream output = new();
        SegmentationWriter.Write(output, series, LabelMap.Empty(series.Geometry, 2), SegmentationCases.Description(1, 2), cancellationToken);
        Assert.Equal(2, DicomSegmentation.Create(DicomFile.Open(output.ToArray()).Dataset).FrameCount);
    }

    private void ReadSegmentation(string path, CancellationToken cancellationToken)
    {
        DicomSegmentation segmentation = DicomSegmentation.Open(path, _decoder);
        segmentation.ReadFrame(0, cancellationToken);
        if (segmentation.FindGrid().Grid.VoxelCount <= MostVoxels) segmentation.ToLabelMap(null, cancellationToken);
    }
}
