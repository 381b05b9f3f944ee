using System.Globalization;
using MedISeg.Benchmarks.Engine;
using MedISeg.Dicom;
using MedISeg.Dicom.IO;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Benchmarks.Dicom;

/// <summary>A temporary folder with one CT series in a folder for each transfer syntax: its path is in the environment of those who read it.</summary>
internal sealed class SeriesFolder : IDisposable
{
    /// <summary>The series as it was written first.</summary>
    public const string Plain = "explicit";

    private const string Key = "MEDISEG_TARGET_SERIES";

    /// <summary>Different pictures of the series, which takes them in turn: the peers' encoders are slow.</summary>
    private const int Pictures = 30;

    private const short ToUnsigned = 1024;

    private readonly GridSize _grid;

    /// <summary>Makes the folder with the series in explicit little endian.</summary>
    /// <param name="quick">60 slices of 128 x 128 pixels instead of 300 of 512 x 512.</param>
    public SeriesFolder(bool quick)
    {
        _grid = quick ? new GridSize(60, 128, 128) : new GridSize(300, 512, 512);
        Environment.SetEnvironmentVariable(Key, Directory.CreateTempSubdirectory("mediseg-series-").FullName);
        GridSize few = new(Pictures, _grid.Height, _grid.Width);
        ushort[] scan = [.. FormatFolder.Scan(few, FormatFolder.Organs(few)).Select(value => (ushort)(value + ToUnsigned))];
        ushort[] voxels = new ushort[_grid.VoxelCount];
        for (int n = 0; n < voxels.Length; n += scan.Length) scan.CopyTo(voxels, n);
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(_grid, new SpacingMm(1, 0.75, 0.75));
        DicomSeriesWriter.Write(PathOf(Plain), new Volume(geometry, [voxels], 1, -ToUnsigned), new DicomDataset());
    }

    /// <summary>Path of the folder of a series.</summary>
    public static string PathOf(string name) => Path.Combine(Environment.GetEnvironmentVariable(Key)!, name);

    /// <summary>Files of a series, in no order that matters.</summary>
    public static string[] Files(string name) => Directory.GetFiles(PathOf(name));

    /// <summary>Writes the series in another way.</summary>
    /// <param name="name">Name of its folder.</param>
    /// <param name="encode">Path of a slice to the data set in the other syntax.</param>
    public void Add(string name, Func<string, DicomDataset> encode)
    {
        Directory.CreateDirectory(PathOf(name));
        for (int picture = 0; picture < Pictures; picture++)
        {
            DicomDataset encoded = encode(Slice(Plain, picture));
            for (int k = picture; k < _grid.Depth; k += Pictures)
            {
                DicomDataset header = DicomFile.Open(Slice(Plain, k), FileReadOption.SkipLargeTags).Dataset;
                foreach (DicomTag tag in (DicomTag[])[DicomTag.SOPInstanceUID, DicomTag.InstanceNumber, DicomTag.ImagePositionPatient])
                    encoded.AddOrUpdate(header.GetDicomItem<DicomElement>(tag)!);
                using FileStream output = File.Create(Slice(name, k));
                new DicomFile(encoded).Save(output);
            }
        }
    }

    /// <summary>Deletes a series.</summary>
    public static void Remove(string name) => Directory.Delete(PathOf(name), recursive: true);

    /// <inheritdoc />
    public void Dispose() => Directory.Delete(PathOf(""), recursive: true);

    private static string Slice(string name, int k) => Path.Combine(PathOf(name), string.Create(CultureInfo.InvariantCulture, $"{k:0000}.dcm"));
}
