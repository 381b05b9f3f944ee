using MedISeg.Dicom;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>DICOM series whose segmentation by a threshold is known, and the ways to send them.</summary>
internal static class TestSeries
{
    /// <summary>Grid of the series: no two sides alike, and no side a multiple of a patch's.</summary>
    public static GridSize Grid { get; } = new(5, 7, 9);

    /// <summary>Whether a voxel is label 1: no plane, row or column mirrors onto another.</summary>
    public static bool IsObject(int k, int j, int i) => (7 * k + 3 * j + i * i + k * i) % 5 == 0 || i > 6 && j < 2;

    /// <summary>Oblique about two axes, anisotropic, right-handed; 0.7 mm along rows, 1.3 mm along columns, 2.5 mm between slices.</summary>
    public static VolumeGeometry Geometry(GridSize grid)
    {
        Vector3D row = new(0.96, 0.28, 0), column = new(-0.28 * 0.8, 0.96 * 0.8, 0.6);
        return new VolumeGeometry(grid, new Affine(row * 0.7, column * 1.3, row.Cross(column) * 2.5, new(12.5, -30.25, 101)));
    }

    /// <summary>200 in objects, else 0.</summary>
    public static Volume Create(GridSize? size = null)
    {
        GridSize grid = size ?? Grid;
        short[] voxels = new short[grid.VoxelCount];
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                    voxels[grid.Offset(k, j, i)] = (short)(IsObject(k, j, i) ? 200 : -10);
        return new Volume(Geometry(grid), [voxels]);
    }

    /// <summary>The files of a series, in the order of position.</summary>
    /// <param name="template">What each slice holds; null: a plain CT.</param>
    /// <param name="volume">Null: <see cref="Create"/>.</param>
    public static byte[][] Files(DicomDataset? template = null, Volume? volume = null)
    {
        using TempFolder folder = new();
        DicomSeriesWriter.Write(folder.Path, volume ?? Create(), template ?? new DicomDataset());
        return [.. Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
    }

    /// <summary>Two series in one frame of reference whose values add up to those of <see cref="Create"/>, and neither alone does.</summary>
    public static (byte[][] First, byte[][] Second) Pair(string second = "PT")
    {
        GridSize grid = Grid;
        short[] half = new short[grid.VoxelCount], rest = new short[grid.VoxelCount];
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    bool inside = IsObject(k, j, i);
                    half[grid.Offset(k, j, i)] = (short)(inside ? 60 : 40);
                    rest[grid.Offset(k, j, i)] = (short)(inside ? 90 : 10);
                }
        string frame = DicomUID.Generate(), study = DicomUID.Generate();
        DicomDataset Template(string modality) => new DicomDataset().AddOrUpdate(DicomTag.Modality, modality)
            .AddOrUpdate(DicomTag.FrameOfReferenceUID, frame).AddOrUpdate(DicomTag.StudyInstanceUID, study);
        return (Files(Template("CT"), new Volume(Geometry(grid), [half])), Files(Template(second), new Volume(Geometry(grid), [rest])));
    }

    /// <summary>A file with some elements changed.</summary>
    public static byte[] Change(byte[] file, Action<DicomDataset> change)
    {
        DicomDataset dataset = DicomFile.Open(file).Dataset;
        change(dataset);
        using MemoryStream stream = new();
        new DicomFile(dataset).Save(stream);
        return stream.ToArray();
    }

    /// <summary>An archive of files, in folders, not in their order.</summary>
    public static byte[] Zip(IEnumerable<byte[]> files) =>
        HandMadeZip.Create(files.Reverse().Select((file, n) => ($"study/series/{n:00}.dcm", file)));

    /// <summary>A form with one part a file, not in their order.</summary>
    public static MultipartFormDataContent Form(IEnumerable<byte[]> files, string part = "image")
    {
        MultipartFormDataContent form = [];
        foreach (byte[] file in files.Reverse()) form.Add(new ByteArrayContent(file), part, "a.dcm");
        return form;
    }

    /// <summary>A body of DICOM objects as DICOMweb sends them.</summary>
    /// <param name="files">One object a part.</param>
    /// <param name="partType">Media type of a part; null: none is said.</param>
    /// <param name="type">The body's parameter type; null: none.</param>
    public static MultipartContent Related(IEnumerable<byte[]> files, string? partType = "application/dicom", string? type = "\"application/dicom\"")
    {
        MultipartContent body = new("related", "B0undary");
        body.Headers.Remove("Content-Type");
        body.Headers.TryAddWithoutValidation("Content-Type", "multipart/related; " + (type is null ? "" : $"type={type}; ") + "boundary=B0undary");
        foreach (byte[] file in files)
        {
            ByteArrayContent part = new(file);
            if (partType is not null) part.Headers.TryAddWithoutValidation("Content-Type", partType);
            body.Add(part);
        }
        return body;
    }

    /// <summary>The series in one of the ways, and the query that goes with it.</summary>
    public static (HttpContent Body, string Query) Send(string way, byte[][] files, string model = "analytic") => way switch
    {
        "zip" => (Raw(Zip(files), "application/zip"), "?model=" + model),
        "zip-part" => (Form([Zip(files)]), "?model=" + model),
        "two-zips" => (Form([Zip(files[..2]), Zip(files[2..])]), "?model=" + model),
        "parts" => (Form(files), "?model=" + model),
        "named-parts" => (Form(files, "channel-0"), "?model=" + model),
        "related" => (Related(files), "?model=" + model),
        "related-untyped" => (Related(files, null, "application/dicom"), "?model=" + model),
        _ => throw new ArgumentOutOfRangeException(nameof(way)),
    };

    /// <summary>Reads a segmentation object.</summary>
    public static DicomSegmentation Open(byte[] file) => DicomSegmentation.Create(DicomFile.Open(file).Dataset);

    /// <summary>Asserts that a segmentation has exactly the voxels of label 1 of <see cref="Create"/>, at their places in the patient.</summary>
    public static void AssertMask(byte[] file, GridSize? grid = null) =>
        AssertMask(Open(file).ToLabelMap(), Geometry(grid ?? Grid), (k, j, i) => IsObject(k, j, i) ? 1 : 0);

    /// <summary>Asserts that a label map, on whatever grid, has the expected labels at their places in the patient, within 0.001 mm, and no
    /// others.</summary>
    public static void AssertMask(LabelMap labels, VolumeGeometry source, Func<int, int, int, int> expected)
    {
        GridSize grid = labels.Geometry.Grid;
        long found = 0, wanted = 0;
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    int label = labels[k, j, i];
                    if (label == 0) continue;
                    found++;
                    Vector3D place = labels.Geometry.IndexToPatient.Apply(i, j, k), index = source.PatientToIndex.Apply(place);
                    (int a, int b, int c) = ((int)Math.Round(index.Z), (int)Math.Round(index.Y), (int)Math.Round(index.X));
                    Assert.True((source.IndexToPatient.Apply(c, b, a) - place).Length < 1e-3, $"({k}, {j}, {i}) lies between the source's voxels");
                    Assert.True(label == expected(a, b, c), $"source voxel ({a}, {b}, {c}) is {label}");
                }
        for (int k = 0; k < source.Grid.Depth; k++)
            for (int j = 0; j < source.Grid.Height; j++)
                for (int i = 0; i < source.Grid.Width; i++)
                    if (expected(k, j, i) != 0) wanted++;
        Assert.Equal(wanted, found);
    }
}
