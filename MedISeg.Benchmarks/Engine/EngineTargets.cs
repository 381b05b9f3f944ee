using System.Globalization;
using MedISeg.Benchmarks.Targets;

namespace MedISeg.Benchmarks.Engine;

/// <summary>Targets of the inference engine: each work of ours and its peer's alternating in two processes.</summary>
internal static class EngineTargets
{
    /// <summary>All works, by area.</summary>
    public static IEnumerable<EngineWork> Works =>
    [
        .. SlidingWindowTargets.Works, .. PlanarNetworkTargets.Works, .. ManyClassesTargets.Works, .. MorphologyTargets.Works, .. ResamplingTargets.Works,
        .. NiftiTargets.Works,
    ];

    private static readonly (string Name, Func<int, bool, string, IEnumerable<TargetRow>> Measure)[] Parts =
    [
        ("sliding-window", SlidingWindowTargets.Measure), ("planar-network", (rounds, quick, _) => PlanarNetworkTargets.Measure(rounds, quick)),
        ("many-classes", (_, quick, _) => ManyClassesTargets.Measure(quick)), ("morphology", MorphologyTargets.Measure),
        ("resampling", ResamplingTargets.Measure), ("nifti", NiftiTargets.Measure),
        ("threads", (rounds, quick, _) => ThreadTargets.Measure(rounds, quick)),
    ];

    /// <summary>Names of the parts.</summary>
    public static string[] PartNames => [.. Parts.Select(part => part.Name)];

    /// <summary>Measures the rows of some parts.</summary>
    /// <param name="parts">Of <see cref="PartNames"/>; none: all.</param>
    /// <param name="rounds">Alternating runs of each process after the first one, at least 1.</param>
    /// <param name="quick">Smaller sizes.</param>
    /// <param name="python">Program that runs the peers.</param>
    public static IEnumerable<TargetRow> Measure(IReadOnlyCollection<string> parts, int rounds, bool quick, string python) =>
        Parts.Where(part => parts.Count == 0 || parts.Contains(part.Name)).SelectMany(part => part.Measure(rounds, quick, python));

    /// <summary>Measures one of <see cref="Works"/> beside the peer's work of the same name in engine_peers.py.</summary>
    /// <param name="title">Name of the row.</param>
    /// <param name="name">Name of both works.</param>
    /// <param name="rounds">Alternating runs of each process after the first one, at least 1.</param>
    /// <param name="python">Program that runs the peer.</param>
    /// <param name="tolerance">Largest allowed distance of the two results as a share of the peer's; 0: they must be equal.</param>
    /// <param name="target">How many times faster than the peer the work must be.</param>
    public static TargetRow Compare(string title, string name, int rounds, string python, double tolerance, double target)
    {
        using WorkProcess ours = WorkProcess.Ours(EngineServer.Verb, name), peer = Peer(name, python);
        WorkProcess.Alternate(rounds, ours, peer);
        return Row(title, ours, peer, tolerance, target);
    }

    /// <summary>The process that does the peer's work of a name.</summary>
    public static WorkProcess Peer(string name, string python) =>
        new(python, Path.Combine(AppContext.BaseDirectory, "Engine", "engine_peers.py"), name);

    /// <summary>The row of two processes that have run: CPU seconds, and whether they came to the same result.</summary>
    /// <inheritdoc cref="Compare" path="/param"/>
    public static TargetRow Row(string title, WorkProcess ours, WorkProcess peer, double tolerance, double target)
    {
        double apart = Math.Abs(ours.Results[^1] - peer.Results[^1]);
        string? fault = apart <= tolerance * Math.Abs(peer.Results[^1]) ? null
            : string.Create(CultureInfo.InvariantCulture, $"results differ: {ours.Results[^1]} and {peer.Results[^1]}");
        return new TargetRow($"{title} against {peer.Program}", ours.Seconds, peer.Seconds, "s", target, AtLeast: true, ours.PeakMiB, fault);
    }
}
