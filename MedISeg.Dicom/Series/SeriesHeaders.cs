using System.Globalization;
using System.IO.Compression;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Dicom.Series;

/// <summary>Keeps the headers of a series, so that objects that refer to it can be written when its images are gone. A zip archive of Part 10
/// files without pixels.</summary>
public static class SeriesHeaders
{
    /// <summary>Writes each header once.</summary>
    /// <param name="output">Written forwards only; borrowed.</param>
    /// <param name="series">Its headers have SOP class and instance UIDs.</param>
    /// <exception cref="ArgumentException">A header has no such UID.</exception>
    public static void Save(Stream output, DicomSeries series)
    {
        using ZipArchive archive = new(output, ZipArchiveMode.Create, leaveOpen: true);
        int count = 0;
        foreach (DicomDataset header in series.Slices.Select(slice => slice.Header).Distinct())
        {
            using Stream entry = archive.CreateEntry(string.Create(CultureInfo.InvariantCulture, $"{count++}.dcm"), CompressionLevel.Fastest).Open();
            new DicomFile(header).Save(entry);
        }
    }

    /// <summary>Reads what was saved: the same slices on the same grid; the slices have no file.</summary>
    /// <param name="input">Seekable; borrowed.</param>
    /// <exception cref="SegmentationException">What was saved is no series.</exception>
    public static DicomSeries Open(Stream input)
    {
        using ZipArchive archive = new(input, ZipArchiveMode.Read, leaveOpen: true);
        List<(string, DicomDataset)> headers = [];
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using Stream stream = entry.Open();
            byte[] content = new byte[entry.Length];
            stream.ReadExactly(content);
            headers.Add(("", DicomFile.Open(content).Dataset));
        }
        // The series was accepted before, under whatever policy; a regular one is not touched by this.
        return SeriesBuilder.Build(headers, GeometryPolicy.Resample);
    }
}
