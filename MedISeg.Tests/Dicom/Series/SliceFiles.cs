using System.Runtime.InteropServices;
using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Series;

/// <summary>Synthetic slices as files, and what the reader makes of them.</summary>
internal sealed class SliceFiles : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FrameDecoder _decoder = new();
    private readonly List<string> _paths = [];

    public SliceFiles() => Reader = new DicomSeriesReader(_decoder);

    public DicomSeriesReader Reader { get; }

    public FrameDecoder Decoder => _decoder;

    public string Folder => _folder.Path;

    public IReadOnlyList<string> Paths => _paths;

    /// <summary>Adds a file of 8- or 16-bit samples; the header's pixel attributes are the caller's.</summary>
    public SliceFiles Add<T>(DicomDataset header, params T[] samples) where T : unmanaged =>
        AddItem(header, new DicomElement(DicomTag.PixelData, DicomVR.Parse("OW"), MemoryMarshal.AsBytes<T>(samples).ToArray()));

    /// <summary>Adds a file with an item of pixel data, or without.</summary>
    public SliceFiles AddItem(DicomDataset header, DicomItem? pixels)
    {
        string path = Path.Combine(_folder.Path, $"f{_paths.Count}");
        if (pixels is not null) header.AddOrUpdate(pixels);
        using (FileStream output = File.Create(path)) new DicomFile(header).Save(output);
        _paths.Add(path);
        return this;
    }

    /// <summary>Adds a file of any bytes.</summary>
    public SliceFiles AddBytes(byte[] content)
    {
        string path = Path.Combine(_folder.Path, $"f{_paths.Count}");
        File.WriteAllBytes(path, content);
        _paths.Add(path);
        return this;
    }

    public DicomSeries Open(GeometryPolicy policy = GeometryPolicy.Reject) => Reader.OpenSingle(_paths, policy, TestContext.Current.CancellationToken);

    public Volume Read(ImageLimits? limits = null) => Reader.Read(Open(), limits ?? new ImageLimits(), null, TestContext.Current.CancellationToken);

    /// <summary>The refusal of opening or reading.</summary>
    public SegmentationException Refusal(ImageLimits? limits = null) => Assert.Throws<SegmentationException>(() => Read(limits));

    public void Dispose()
    {
        _decoder.Dispose();
        _folder.Dispose();
    }
}
