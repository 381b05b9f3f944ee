using MedISeg.Benchmarks.Targets;

namespace MedISeg.Benchmarks.Engine;

/// <summary>Every kernel on two threads against one, by the clock on the wall: the second thread must not cost time, and results must be equal.</summary>
internal static class ThreadTargets
{
    /// <summary>Where a second thread gains nothing, the fastest runs of two processes still lie a few hundredths apart.</summary>
    private const double NoSlower = 1.05;

    /// <summary>The works take tenths of a second at most: many runs cost little, and the fastest of them is steady.</summary>
    private const int LeastRounds = 10;

    /// <summary>Measures all rows.</summary>
    /// <inheritdoc cref="EngineTargets.Measure" path="/param"/>
    public static IEnumerable<TargetRow> Measure(int rounds, bool quick)
    {
        using FormatFolder folder = new(quick);
        string[] names =
        [
            .. MorphologyTargets.Names(quick).Where(name => !name.Contains("random50", StringComparison.Ordinal)), .. ResamplingTargets.Names,
            NiftiTargets.Write, NiftiTargets.WriteLabels, SlidingWindowTargets.Name(quick),
        ];
        foreach (string name in names) yield return Measure(name, Math.Max(rounds, LeastRounds));
    }

    private static TargetRow Measure(string name, int rounds)
    {
        string[] arguments = [EngineServer.Verb, name, EngineServer.Wall];
        using WorkProcess one = WorkProcess.Ours(1, arguments);
        // Both leave files of the same names while they prepare.
        one.Run();
        using WorkProcess two = WorkProcess.Ours(2, arguments);
        two.Run();
        WorkProcess.Alternate(rounds, one, two);
        string? fault = one.Results.SequenceEqual(two.Results) ? null : "results differ";
        return new TargetRow($"{name}, 2 threads against 1", two.Seconds, one.Seconds, "s", NoSlower, AtLeast: false, two.PeakMiB, fault);
    }
}
