using System.Globalization;
using MedISeg.Benchmarks.Targets;

namespace MedISeg.Benchmarks.Engine;

/// <summary>Targets of the inference engine: each work of ours and its peer's alternating in two processes.</summary>
internal static class EngineTargets
{
    /// <summary>All works, by area.</summary>
    public static IEnumerable<EngineWork> Works => [.. ResamplingTargets.Works, .. SlidingWindowTargets.Works, .. PlanarNetworkTargets.Works, .. ManyClassesTargets.Works];

    /// <summary>Measures all rows.</summary>
    /// <param name="rounds">Alternating runs of each process after the first one, at least 1.</param>
    /// <param name="quick">Smaller sizes.</param>
    /// <param name="python">Program that runs the peers.</param>
    public static IEnumerable<TargetRow> Measure(int rounds, bool quick, string python)
    {
        using FormatFolder folder = new(quick);
        foreach (TargetRow row in ResamplingTargets.Measure(rounds, python)) yield return row;
        foreach (TargetRow row in SlidingWindowTargets.Measure(rounds, quick, python)) yield return row;
        foreach (TargetRow row in PlanarNetworkTargets.Measure(rounds, quick)) yield return row;
        foreach (TargetRow row in ManyClassesTargets.Measure(quick)) yield return row;
    }

    /// <summary>Measures one of <see cref="Works"/> beside the peer's work of the same name in engine_peers.py.</summary>
    /// <param name="title">Name of the row.</param>
    /// <param name="name">Name of both works.</param>
    /// <param name="rounds">Alternating runs of each process after the first one, at least 1.</param>
    /// <param name="python">Program that runs the peer.</param>
    /// <param name="tolerance">Largest allowed distance of the two results as a share of the peer's; 0: they must be equal.</param>
    /// <param name="targets">How many times faster than each peer that may stand beside it the work must be.</param>
    public static TargetRow Compare(
        string title, string name, int rounds, string python, double tolerance, params ReadOnlySpan<(string Peer, double Target)> targets)
    {
        using WorkProcess ours = WorkProcess.Ours(EngineServer.Verb, name), peer = Peer(name, python);
        WorkProcess.Alternate(rounds, ours, peer);
        return Row(title, ours, peer, tolerance, targets);
    }

    /// <summary>The process that does the peer's work of a name.</summary>
    public static WorkProcess Peer(string name, string python) =>
        new(python, Path.Combine(AppContext.BaseDirectory, "Engine", "engine_peers.py"), name);

    /// <summary>The row of two processes that have run: CPU seconds, and whether they came to the same result.</summary>
    /// <inheritdoc cref="Compare" path="/param"/>
    public static TargetRow Row(
        string title, WorkProcess ours, WorkProcess peer, double tolerance, params ReadOnlySpan<(string Peer, double Target)> targets)
    {
        double target = double.NaN;
        foreach ((string program, double times) in targets)
            if (program == peer.Program) target = times;
        double apart = Math.Abs(ours.Results[^1] - peer.Results[^1]);
        string? fault = apart <= tolerance * Math.Abs(peer.Results[^1]) ? null
            : string.Create(CultureInfo.InvariantCulture, $"results differ: {ours.Results[^1]} and {peer.Results[^1]}");
        return new TargetRow($"{title} against {peer.Program}", ours.Seconds, peer.Seconds, "s", target, AtLeast: true, ours.PeakMiB, fault);
    }
}
