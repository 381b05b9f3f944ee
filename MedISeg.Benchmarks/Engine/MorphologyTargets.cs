using MedISeg.Benchmarks.Morphology;
using MedISeg.Benchmarks.Targets;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Postprocessing;
using MedISeg.Inference.Reports;

namespace MedISeg.Benchmarks.Engine;

/// <summary>Largest component and hole filling against cc3d and fill_voids; where they are not installed, the same work in C, and scipy for the holes of organs.</summary>
internal static class MorphologyTargets
{
    /// <summary>fill_voids counts otherwise than others do, by 3 of 825,756 voxels of even noise.</summary>
    private const double SameFill = 1e-5;

    private const double InComponents = 1e9;

    /// <summary>What 25 times fill_voids is in times of scipy, with organs.</summary>
    private const double HolesOfScipy = 270;

    /// <summary>The compiler is done with a method some time after its 30th call.</summary>
    private const int WarmUps = 40;

    private static readonly int[] Connectivities = [6, 18, 26];

    private static readonly (string Mask, double Largest, double Holes)[] Targets = [("organ", 8, 25), ("noisy", 2.5, 4), ("random50", 1, 1)];

    /// <summary>The works, full and quick.</summary>
    public static IEnumerable<EngineWork> Works => from quick in (bool[])[false, true] from work in Of(quick) select work;

    /// <summary>Names of the works of one size.</summary>
    public static IEnumerable<string> Names(bool quick) => Of(quick).Select(work => work.Name);

    /// <summary>Measures all rows.</summary>
    /// <param name="rounds">Alternating runs of each process after the first one, at least 1.</param>
    /// <param name="quick">Smaller sizes.</param>
    /// <param name="python">Program that runs the peers.</param>
    public static IEnumerable<TargetRow> Measure(int rounds, bool quick, string python)
    {
        foreach ((string mask, double largest, _) in Targets)
            foreach (int connectivity in Connectivities)
                yield return EngineTargets.Compare(
                    $"largest component, {mask}, {connectivity}", LargestName(mask, connectivity, quick), rounds, python, 0, largest);
        foreach ((string mask, _, double holes) in Targets)
        {
            using WorkProcess ours = WorkProcess.Ours(EngineServer.Verb, HolesName(mask, quick)), peer = EngineTargets.Peer(HolesName(mask, quick), python);
            WorkProcess.Alternate(rounds, ours, peer);
            yield return EngineTargets.Row($"hole filling, {mask}", ours, peer, SameFill, peer.Program == "scipy" ? HolesOfScipy : holes);
        }
    }

    private static IEnumerable<EngineWork> Of(bool quick) =>
    [
        .. from row in Targets
           from connectivity in Connectivities
           select new EngineWork(LargestName(row.Mask, connectivity, quick), () => Prepare(
               row.Mask, quick, new KeepLargestComponentStep { Labels = [1], Connectivity = connectivity },
               (change, foreground) => (change.ComponentsChanged + 1) * InComponents + foreground - change.VoxelsChanged), InPlace: true),
        .. from row in Targets
           select new EngineWork(HolesName(row.Mask, quick), () => Prepare(
               row.Mask, quick, new FillHolesStep { Labels = [1], Connectivity = 26 }, (change, _) => change.VoxelsChanged), InPlace: true),
    ];

    private static Func<double> Prepare(string name, bool quick, PostprocessingStep step, Func<PostprocessingChange, long, double> result)
    {
        GridSize grid = quick ? MorphologyMasks.Quick : MorphologyMasks.Full;
        byte[] mask = MorphologyMasks.Create(name, grid);
        long foreground = mask.LongLength - mask.AsSpan().Count((byte)0);
        LabelMap map = MorphologyMasks.Map([.. mask], grid);
        bool isFresh = true;
        // Works of hundredths of a second would show the compiler; a server compiles once.
        for (int n = 0; n < (name == "random50" ? 0 : 2 * WarmUps); n++) DoOrRenew();
        return DoOrRenew;

        double DoOrRenew()
        {
            isFresh = !isFresh;
            if (!isFresh) return result(Postprocessors.Default.Apply(map, [step], CancellationToken.None)[0], foreground);
            mask.CopyTo(map.Bytes);
            return 0;
        }
    }

    private static string LargestName(string mask, int connectivity, bool quick) => $"largest-{mask}-{connectivity}{(quick ? "-quick" : "")}";

    private static string HolesName(string mask, bool quick) => $"holes-{mask}{(quick ? "-quick" : "")}";
}
