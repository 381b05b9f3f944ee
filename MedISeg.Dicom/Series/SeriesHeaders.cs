using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Dicom.Series;

/// <summary>Keeps the headers of a series, so that objects that refer to it can be written when its images are gone. A zip archive of Part 10
/// files without pixels.</summary>
public static class SeriesHeaders
{
    /// <summary>Lists the slices: header and frame of each, both from 0. Of an object of many frames the series may be a part.</summary>
    private const string Index = "slices";

    /// <summary>Writes each header once.</summary>
    /// <param name="output">Written forwards only; borrowed.</param>
    /// <param name="series">Its headers have SOP class and instance UIDs.</param>
    /// <exception cref="ArgumentException">A header has no such UID.</exception>
    public static void Save(Stream output, DicomSeries series)
    {
        using ZipArchive archive = new(output, ZipArchiveMode.Create, leaveOpen: true);
        Dictionary<DicomDataset, int> places = new(ReferenceEqualityComparer.Instance);
        foreach (DicomSlice slice in series.Slices)
        {
            if (!places.TryAdd(slice.Header, places.Count)) continue;
            using Stream entry = archive.CreateEntry(NameOf(places.Count - 1), CompressionLevel.Fastest).Open();
            new DicomFile(slice.Header).Save(entry);
        }
        using Stream list = archive.CreateEntry(Index, CompressionLevel.Fastest).Open();
        JsonSerializer.Serialize(list, series.Slices.Select(slice => (int[])[places[slice.Header], slice.Frame]));
    }

    /// <summary>Reads what was saved: the same slices on the same grid; the slices have no file.</summary>
    /// <param name="input">Seekable; borrowed.</param>
    /// <exception cref="SegmentationException">What was saved is no series.</exception>
    public static DicomSeries Open(Stream input)
    {
        using ZipArchive archive = new(input, ZipArchiveMode.Read, leaveOpen: true);
        DicomDataset[] headers = new DicomDataset[archive.Entries.Count - 1];
        for (int n = 0; n < headers.Length; n++)
        {
            ZipArchiveEntry entry = archive.GetEntry(NameOf(n))!;
            using Stream stream = entry.Open();
            byte[] content = new byte[entry.Length];
            stream.ReadExactly(content);
            headers[n] = DicomFile.Open(content).Dataset;
        }
        using Stream list = archive.GetEntry(Index)!.Open();
        DicomSlice[] slices = [.. JsonSerializer.Deserialize<int[][]>(list)!.Select(one => new DicomSlice("", one[1], headers[one[0]]))];
        // The series was accepted before, under whatever policy; a regular one is not touched by this.
        return SeriesBuilder.Build(slices, GeometryPolicy.Resample);
    }

    private static string NameOf(int header) => string.Create(CultureInfo.InvariantCulture, $"{header}.dcm");
}
