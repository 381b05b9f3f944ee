using System.Globalization;
using MedISeg.Benchmarks.Targets;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Benchmarks.Engine;

/// <summary>.nii.gz of 512x512x300 voxels beside nibabel: each reads the file that it wrote itself.</summary>
internal static class NiftiTargets
{
    /// <summary>Works that write.</summary>
    public const string Write = "nifti-write-image", WriteLabels = "nifti-write-labels";

    private const string Read = "nifti-read-image", ReadLabels = "nifti-read-labels";

    /// <summary>How much larger our file may be and still count as equal.</summary>
    private const double Size = 1.01;

    private const int WarmUps = 12;

    private static readonly (string Name, double Target)[] Rows = [(Write, 1.15), (Read, 2), (WriteLabels, 1), (ReadLabels, 15)];

    private static readonly ImageLimits Limits = new();

    /// <summary>Our works. Those that write give the length of the file, those that read the sum of the voxels, once.</summary>
    public static IEnumerable<EngineWork> Works =>
    [
        new(Write, () => Writing("ct")), new(WriteLabels, () => Writing("labels")),
        new(Read, () => Reading<short>("ct", static values => values.ToArray().Sum(value => (double)value))),
        new(ReadLabels, () => Reading<byte>("labels", static values => values.ToArray().Sum(value => (double)value))),
    ];

    /// <summary>Measures all rows.</summary>
    /// <param name="rounds">Alternating runs of each process after the first one, at least 1.</param>
    /// <param name="quick">Smaller sizes.</param>
    /// <param name="python">Program that runs the peers.</param>
    public static IEnumerable<TargetRow> Measure(int rounds, bool quick, string python)
    {
        using FormatFolder folder = new(quick);
        foreach ((string name, double target) in Rows)
        {
            using WorkProcess ours = WorkProcess.Ours(EngineServer.Verb, name), peer = EngineTargets.Peer(name, python);
            // The compiler is done after some reads of hundredths of a second; a server reads more than one.
            for (int n = 0; n < (name == ReadLabels ? WarmUps : 0); n++) ours.Run();
            WorkProcess.Alternate(rounds, ours, peer);
            double mine = ours.Results[0], its = peer.Results[0];
            bool alike = name is Write or WriteLabels ? mine <= Size * its : mine == its;
            yield return new TargetRow($"{name} against {peer.Program}", ours.Seconds, peer.Seconds, "s", target, AtLeast: true, ours.PeakMiB,
                alike ? null : string.Create(CultureInfo.InvariantCulture, $"results (bytes, or sums of voxels) differ: {mine} and {its}"));
        }
    }

    private static Func<double> Writing(string name)
    {
        using FileStream plain = File.OpenRead(FormatFolder.PathOf(name + ".nii"));
        Volume volume = ImageReader.Read(plain, Limits).Volume;
        LabelMap? labels = name == "labels" ? new LabelMap(volume.Geometry, (byte[])volume.Stored(0)) : null;
        return () =>
        {
            using FileStream file = File.Create(FormatFolder.PathOf($"ours-{name}.nii.gz"));
            if (labels is null) NiftiWriter.Write(file, volume, gzip: true);
            else NiftiWriter.Write(file, labels, gzip: true);
            return file.Length;
        };
    }

    private static Func<double> Reading<T>(string name, Func<ReadOnlySpan<T>, double> sum) where T : unmanaged
    {
        bool first = true;
        return () =>
        {
            Volume volume = ImageReader.Read(FormatFolder.PathOf($"ours-{name}.nii.gz"), Limits).Volume;
            double result = first ? sum(volume.Voxels<T>(0)) : 0;
            first = false;
            return result;
        };
    }
}
