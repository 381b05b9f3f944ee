using MedISeg.Benchmarks.Morphology;
using MedISeg.Benchmarks.Targets;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Postprocessing;
using MedISeg.Inference.Reports;

namespace MedISeg.Benchmarks.Engine;

/// <summary>Largest component and hole filling against cc3d and fill_voids, or scipy where they are not installed.</summary>
internal static class MorphologyTargets
{
    /// <summary>fill_voids counts otherwise than scipy and we do, by 3 of 825,756 voxels of even noise.</summary>
    private const double SameFill = 1e-5;

    private const double InComponents = 1e9;

    private static readonly (string Mask, int Connectivity, double Scipy, double Cc3d)[] Largest =
    [
        ("organ", 6, 130, 8), ("organ", 18, 74, 8), ("organ", 26, 37, 8),
        ("noisy", 6, 13, 2.5), ("noisy", 18, 6.7, 2.5), ("noisy", 26, 6.5, 2.5),
        ("random50", 6, 1, 1), ("random50", 18, 1, 1), ("random50", 26, 1, 1),
    ];

    private static readonly (string Mask, double Scipy, double FillVoids)[] Holes = [("organ", 270, 25), ("noisy", 4, 4), ("random50", 1, 1)];

    /// <summary>The works, full and quick.</summary>
    public static IEnumerable<EngineWork> Works => from quick in (bool[])[false, true] from work in Of(quick) select work;

    /// <summary>Measures all rows.</summary>
    /// <param name="rounds">Alternating runs of each process after the first one, at least 1.</param>
    /// <param name="quick">Smaller sizes.</param>
    /// <param name="python">Program that runs the peers.</param>
    public static IEnumerable<TargetRow> Measure(int rounds, bool quick, string python)
    {
        foreach ((string mask, int connectivity, double scipy, double cc3d) in Largest)
            yield return EngineTargets.Compare(
                $"largest component, {mask}, {connectivity}", LargestName(mask, connectivity, quick), rounds, python, 0, ("scipy", scipy), ("cc3d", cc3d));
        foreach ((string mask, double scipy, double fillVoids) in Holes)
            yield return EngineTargets.Compare(
                $"hole filling, {mask}", HolesName(mask, quick), rounds, python, SameFill, ("scipy", scipy), ("fill_voids", fillVoids));
    }

    private static IEnumerable<EngineWork> Of(bool quick) =>
    [
        .. Largest.Select(row => new EngineWork(LargestName(row.Mask, row.Connectivity, quick), () => Prepare(
            row.Mask, quick, new KeepLargestComponentStep { Labels = [1], Connectivity = row.Connectivity },
            (change, foreground) => (change.ComponentsChanged + 1) * InComponents + foreground - change.VoxelsChanged), InPlace: true)),
        .. Holes.Select(row => new EngineWork(HolesName(row.Mask, quick), () => Prepare(
            row.Mask, quick, new FillHolesStep { Labels = [1], Connectivity = 26 }, (change, _) => change.VoxelsChanged), InPlace: true)),
    ];

    private static Func<double> Prepare(string name, bool quick, PostprocessingStep step, Func<PostprocessingChange, long, double> result)
    {
        GridSize grid = quick ? MorphologyMasks.Quick : MorphologyMasks.Full;
        byte[] mask = MorphologyMasks.Create(name, grid);
        long foreground = mask.LongLength - mask.AsSpan().Count((byte)0);
        LabelMap map = MorphologyMasks.Map([.. mask], grid);
        bool isFresh = true;
        return () =>
        {
            if (isFresh) return Do();
            mask.CopyTo(map.Bytes);
            isFresh = true;
            return 0;
        };

        double Do()
        {
            isFresh = false;
            return result(Postprocessors.Default.Apply(map, [step], CancellationToken.None)[0], foreground);
        }
    }

    private static string LargestName(string mask, int connectivity, bool quick) => $"largest-{mask}-{connectivity}{(quick ? "-quick" : "")}";

    private static string HolesName(string mask, bool quick) => $"holes-{mask}{(quick ? "-quick" : "")}";
}
