using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MedISeg.Benchmarks.Targets;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Benchmarks.Engine;

/// <summary>Resampling of 512x512x300 int16 to 273x273x200 and back beside scipy.ndimage.zoom (mode mirror, first and last voxels on each other); to a grid
/// at an angle beside its affine_transform.</summary>
internal static class ResamplingTargets
{
    private const double Apart = 1e-3;
    private const string Oblique = "resample-linear-oblique";

    private const int WarmUps = 20;

    private static readonly (string Name, double Target)[] Rows =
    [
        ("resample-linear-down", 8), ("resample-linear-up", 12), ("resample-cubic-down", 18), ("resample-cubic-up", 40),
        ("resample-nearest-down", 8), ("resample-nearest-up", 20), (Oblique, 3),
    ];

    /// <summary>Our works.</summary>
    public static IEnumerable<EngineWork> Works => Rows.Select(row => new EngineWork(row.Name, () => Prepare(row.Name)));

    /// <summary>Measures all rows; a peer's result is how far ours lies from its own at most.</summary>
    /// <param name="rounds">Alternating runs of each process after the first one, at least 1.</param>
    /// <param name="quick">Smaller sizes.</param>
    /// <param name="python">Program that runs the peers.</param>
    public static IEnumerable<TargetRow> Measure(int rounds, bool quick, string python)
    {
        using FormatFolder folder = new(quick);
        foreach ((string name, double target) in Rows)
        {
            using WorkProcess ours = WorkProcess.Ours(EngineServer.Verb, name);
            // What the peer starts from and compares with.
            ours.Run();
            using WorkProcess peer = EngineTargets.Peer(name, python);
            WorkProcess.Alternate(rounds, ours, peer);
            double apart = peer.Results[0], allowed = IsNearest(name) ? 0 : Apart;
            yield return new TargetRow($"{name} against {peer.Program}", ours.Seconds, peer.Seconds, "s", target, AtLeast: true, ours.PeakMiB,
                apart <= allowed ? null : string.Create(CultureInfo.InvariantCulture, $"values differ by up to {apart}"));
        }
    }

    private static bool IsNearest(string name) => name.Contains("nearest", StringComparison.Ordinal);

    /// <summary>Names of the works.</summary>
    public static IEnumerable<string> Names => Rows.Select(row => row.Name);

    /// <summary>The first work leaves its result as a file, for the peer to compare, and gives a number that depends on every bit of it.</summary>
    private static Func<double> Prepare(string name)
    {
        bool labels = IsNearest(name), first = true;
        Interpolation kind = name.Contains("linear", StringComparison.Ordinal) ? Interpolation.Linear : Interpolation.CubicUnclipped;
        Volume source = ImageReader.Read(FormatFolder.PathOf(labels ? "labels.nii" : "ct.nii"), new ImageLimits()).Volume;
        GridSize large = source.Geometry.Grid, small = new(large.Depth * 2 / 3, large.Height * 8 / 15, large.Width * 8 / 15);
        VolumeGeometry target = name == Oblique ? Turned(small) : Corners(source.Geometry, small);
        if (name.EndsWith("up", StringComparison.Ordinal))
        {
            VolumeGeometry full = source.Geometry;
            source = labels
                ? new Volume(target, [LabelResampler.Nearest(Labels(source), target).Bytes.ToArray()])
                : new Volume(target, [Resample(source, target, kind)]);
            target = full;
            Leave(name + "-source", source);
        }
        LabelMap? map = labels ? Labels(source) : null;
        Func<double> work = () =>
        {
            float[]? values = map is null ? Resample(source, target, kind) : null;
            LabelMap? moved = map is null ? null : LabelResampler.Nearest(map, target);
            if (!first) return 0;
            first = false;
            Leave(name, new Volume(target, [values ?? (Array)moved!.Bytes.ToArray()]));
            return BitConverter.ToUInt32(SHA256.HashData(values is null ? moved!.Bytes : MemoryMarshal.AsBytes(values.AsSpan())));
        };
        double left = work();
        // A server compiles once; what takes hundredths of a second would show little but the compiler.
        for (int n = 0; n < WarmUps; n++) work();
        return () => work() + left;
    }

    private static LabelMap Labels(Volume volume) => new(volume.Geometry, (byte[])volume.Stored(0));

    private static float[] Resample(Volume source, VolumeGeometry target, Interpolation kind) =>
        GridMap.TryBetween(target, source.Geometry, out _)
            ? VolumeResampler.Resample(source, 0, target, kind, IntensityMap.Identity, CancellationToken.None)
            : ObliqueResampler.Resample(source, 0, target, CancellationToken.None);

    /// <summary>The grid whose first and last voxel centres are those of another one.</summary>
    private static VolumeGeometry Corners(VolumeGeometry from, GridSize size)
    {
        double Scale(int axis) => (from.Grid[axis] - 1.0) / (size[axis] - 1);
        return new VolumeGeometry(size, from.IndexToPatient * new Affine(new(Scale(2), 0, 0), new(0, Scale(1), 0), new(0, 0, Scale(0)), default));
    }

    /// <summary>A grid turned by about 8 degrees in the plane and 5 out of it; a file keeps its numbers exactly.</summary>
    private static VolumeGeometry Turned(GridSize size) => new(size, new Affine(
        new Vector3D(0.984375, 0.140625, -0.09375) * 1.40625, new Vector3D(-0.140625, 0.984375, 0) * 1.40625, new Vector3D(0.09375, 0, 0.984375) * 1.5, default));

    private static void Leave(string name, Volume volume)
    {
        using FileStream file = File.Create(FormatFolder.PathOf(name + ".nii"));
        NiftiWriter.Write(file, volume, gzip: false);
    }
}
