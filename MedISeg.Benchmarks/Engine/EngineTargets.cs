using MedISeg.Benchmarks.Targets;

namespace MedISeg.Benchmarks.Engine;

/// <summary>Targets of the inference engine: each work of ours and its peer's alternating in two processes.</summary>
internal static class EngineTargets
{
    /// <summary>All works, by area.</summary>
    public static IEnumerable<EngineWork> Works => [.. ResamplingTargets.Works];

    /// <summary>Measures all rows.</summary>
    /// <param name="rounds">Alternating runs of each process after the first one, at least 1.</param>
    /// <param name="quick">Smaller sizes.</param>
    /// <param name="python">Program that runs the peers.</param>
    public static IEnumerable<TargetRow> Measure(int rounds, bool quick, string python)
    {
        using FormatFolder folder = new(quick);
        foreach (TargetRow row in ResamplingTargets.Measure(rounds, python)) yield return row;
    }

    /// <summary>The process that does a peer's work.</summary>
    public static WorkProcess Peer(string python, string name) => new(python, Path.Combine(AppContext.BaseDirectory, "Engine", "engine_peers.py"), name);
}
