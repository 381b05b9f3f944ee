using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using MedISeg.Benchmarks.Engine;
using MedISeg.Benchmarks.Targets;
using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Benchmarks.Dicom;

/// <summary>Targets of reading a CT series of each transfer syntax as a volume, beside pydicom and DCMTK, and of writing a segmentation.</summary>
internal static class DicomTargets
{
    /// <summary>Runs of ours before the others': the compiler is done after some, and a server does more than one.</summary>
    private const int WarmUps = 4;

    private const string Segmentation = "segmentation", Work = "series-";
    private const double Faster = 1, Alike = 1.1, Dcmtk = 1.5;

    /// <summary>Lossy decoders may round otherwise than each other: sums of voxels, as a share.</summary>
    private const double Rounding = 1e-4;


    private static readonly SyntaxRow[] Rows =
    [
        new(SeriesFolder.Plain, Faster, null),
        new("implicit", Faster, path => PictureEncoder.Native(path, DicomTransferSyntax.ImplicitVRLittleEndian)),
        new("big-endian", Faster, path => PictureEncoder.Native(path, DicomTransferSyntax.ExplicitVRBigEndian)),
        new("deflated", Alike, path => PictureEncoder.Native(path, DicomTransferSyntax.DeflatedExplicitVRLittleEndian)),
        new("rle", Faster, PictureEncoder.Rle),
        new("jpeg-baseline", Alike, path => PictureEncoder.Dcmtk(path, "dcmcjpeg", "+eb"), Rounding),
        new("jpeg-extended", Alike, path => PictureEncoder.Dcmtk(path, "dcmcjpeg", "+ee"), Rounding),
        new("jpeg-lossless-57", Faster, path => PictureEncoder.Dcmtk(path, "dcmcjpeg", "+el")),
        new("jpeg-lossless-70", Faster, path => PictureEncoder.Dcmtk(path, "dcmcjpeg", "+e1")),
        new("jpeg-ls", Alike, path => PictureEncoder.Dcmtk(path, "dcmcjpls")),
        new("jpeg-2000", Alike, path => PictureEncoder.Stream(path, DicomTransferSyntax.JPEG2000Lossless, "j2k", "opj_compress")),
        new("htj2k", Alike, path => PictureEncoder.Stream(path, DicomTransferSyntax.HTJ2KLossless, "j2c", "ojph_compress", "-reversible", "true")),
    ];

    /// <summary>Names of the parts: a transfer syntax each, and the segmentation.</summary>
    public static string[] PartNames => [.. Rows.Select(row => row.Name), Segmentation];

    /// <summary>Our works: the first call gives the sum of the voxels.</summary>
    public static IEnumerable<EngineWork> Works => [.. Rows.Select(row => new EngineWork(Work + row.Name, () => Reading(row.Name))), .. SegmentationWorks.All];

    /// <summary>Measures the rows of some parts.</summary>
    /// <inheritdoc cref="EngineTargets.Measure"/>
    public static IEnumerable<TargetRow> Measure(IReadOnlyCollection<string> parts, int rounds, bool quick, string python)
    {
        using SeriesFolder folder = new(quick);
        string? dcmtk = BuildDcmtk();
        foreach (SyntaxRow row in Rows.Where(row => parts.Count == 0 || parts.Contains(row.Name)))
        {
            if (row.Encode is not null) folder.Add(row.Name, row.Encode);
            foreach (TargetRow found in Compare(row, rounds, python, dcmtk)) yield return found;
            if (row.Encode is not null) SeriesFolder.Remove(row.Name);
        }
        if (parts.Count == 0 || parts.Contains(Segmentation)) yield return SegmentationWorks.Measure(rounds);
    }

    private static IEnumerable<TargetRow> Compare(SyntaxRow row, int rounds, string python, string? dcmtk)
    {
        string name = Work + row.Name;
        using WorkProcess ours = WorkProcess.Ours(EngineServer.Verb, name), pydicom = EngineTargets.Peer(name, python);
        using WorkProcess? third = dcmtk is null ? null : new WorkProcess(dcmtk, SeriesFolder.PathOf(row.Name));
        for (int n = 0; n < WarmUps; n++) ours.Run();
        WorkProcess.Alternate(rounds, [.. new[] { ours, pydicom, third }.OfType<WorkProcess>()]);
        foreach ((WorkProcess? peer, double target) in ((WorkProcess?, double)[])[(pydicom, row.Pydicom), (third, Dcmtk)])
        {
            if (peer is null) continue;
            string title = $"{row.Name} against {peer.Program}";
            double mine = ours.Results[0], its = peer.Results[0];
            if (double.IsNaN(its))
            {
                Console.WriteLine($"{title}: it has no codec, no row.");
                continue;
            }
            yield return new TargetRow(title, ours.Seconds, peer.Seconds, "s", target, AtLeast: false, ours.PeakMiB,
                Math.Abs(mine - its) <= row.Tolerance * its ? null : string.Create(CultureInfo.InvariantCulture, $"sums of voxels differ: {mine} and {its}"));
        }
    }

    private static Func<double> Reading(string name)
    {
        string[] paths = SeriesFolder.Files(name);
        FrameDecoder decoder = new();
        DicomSeriesReader reader = new(decoder);
        bool first = true;
        return () =>
        {
            DicomSeries series = reader.OpenSingle(paths, CancellationToken.None);
            Volume volume = reader.Read(series, new ImageLimits(), null, CancellationToken.None);
            if (!first) return 0;
            first = false;
            return Type.GetTypeCode(volume.VoxelType) switch
            {
                TypeCode.Byte => Sum(volume.Voxels<byte>(0)),
                TypeCode.Int16 => Sum(volume.Voxels<short>(0)),
                _ => Sum(volume.Voxels<ushort>(0)),
            };
        };
    }

    private static double Sum<T>(ReadOnlySpan<T> voxels) where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        long sum = 0;
        foreach (T voxel in voxels) sum += long.CreateTruncating(voxel);
        return sum;
    }

    /// <summary>Builds the peer; null where that cannot be done.</summary>
    private static string? BuildDcmtk()
    {
        string program = SeriesFolder.PathOf("dcmtk_peer");
        try
        {
            using Process compiler = Process.Start(new ProcessStartInfo("g++",
                ["-O2", Path.Combine(AppContext.BaseDirectory, "Engine", "dcmtk_peer.cpp"), "-o", program,
                    "-ldcmjpeg", "-lijg8", "-lijg12", "-lijg16", "-ldcmjpls", "-ldcmtkcharls", "-ldcmimgle", "-ldcmdata", "-loflog", "-lofstd"]))!;
            compiler.WaitForExit();
            if (compiler.ExitCode == 0) return program;
        }
        catch (Win32Exception)
        {
            // Said below.
        }
        Console.WriteLine("The peer of DCMTK cannot be built, no rows against it: apt-get install g++ libdcmtk-dev");
        return null;
    }

    /// <summary>A transfer syntax.</summary>
    /// <param name="Name">Of the part, and of the series' folder.</param>
    /// <param name="Pydicom">Largest ratio of our time to pydicom's.</param>
    /// <param name="Encode">Path of a slice to the data set in this syntax; null: it is the series' own.</param>
    /// <param name="Tolerance">Largest distance of the sums of voxels, as a share.</param>
    private sealed record SyntaxRow(string Name, double Pydicom, Func<string, DicomDataset>? Encode, double Tolerance = 0);
}
