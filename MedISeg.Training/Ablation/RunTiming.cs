using System.Globalization;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Reports;

namespace MedISeg.Training.Ablation;

/// <summary>How fast a training is; timing.json of its configuration.</summary>
/// <param name="SecondsPerStep">Of a step, above 0.</param>
/// <param name="ValidationSeconds">Of one validation, at least 0.</param>
/// <param name="PeakBytes">Most memory that it was seen to hold.</param>
/// <param name="Threads">Threads that it ran with.</param>
internal sealed record RunTiming(double SecondsPerStep, double ValidationSeconds, long PeakBytes, int Threads)
{
    /// <summary>Steps that are timed: two validations lie after 8 steps each and one after 4, which tells steps and validation apart.</summary>
    public const int ProbeSteps = 20, ProbeEpoch = 8;

    /// <summary>Reads the pace of a training of <see cref="ProbeSteps"/> steps and epochs of <see cref="ProbeEpoch"/>.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it has not three epochs.</exception>
    public static RunTiming Of(string metricsPath, long peakBytes, int threads)
    {
        double[] seconds = MetricsTable.Read(metricsPath).Column("seconds");
        if (seconds.Length != 3) throw new SegmentationException(ErrorCode.InvalidOption, "The training that takes the time did not come to its end; look at its log.");
        // The first epoch is left out: it warms up.
        double eight = seconds[1] - seconds[0], four = seconds[2] - seconds[1];
        double step = Math.Max((eight - four) / (ProbeEpoch - (ProbeSteps - 2 * ProbeEpoch)), eight / (4 * ProbeEpoch));
        return new RunTiming(Math.Max(step, 1e-4), Math.Max(0, eight - ProbeEpoch * step), peakBytes, threads);
    }

    /// <summary>Steps that fit a time, two significant digits, at least 1.</summary>
    public int StepsIn(TimeSpan time, int stepsPerEpoch)
    {
        double fit = time.TotalSeconds / (SecondsPerStep + ValidationSeconds / stepsPerEpoch);
        double unit = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(Math.Max(1, fit))) - 1));
        return (int)Math.Clamp(Math.Floor(fit / unit) * unit, 1, 100_000_000);
    }

    /// <summary>Time of a training.</summary>
    public TimeSpan TimeOf(int steps, int stepsPerEpoch) =>
        TimeSpan.FromSeconds(steps * SecondsPerStep + Math.Ceiling((double)steps / stepsPerEpoch) * ValidationSeconds);

    /// <summary>Options with which a training is timed.</summary>
    public static JsonObject ProbeOptions(JsonObject train)
    {
        JsonObject probe = train.DeepClone().AsObject();
        probe["steps"] = ProbeSteps;
        probe["stepsPerEpoch"] = ProbeEpoch;
        return probe;
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{SecondsPerStep:G3} s a step, {ValidationSeconds:G3} s a validation, {PeakBytes / 1048576.0:F0} MiB, {Threads} thread(s)");
}
