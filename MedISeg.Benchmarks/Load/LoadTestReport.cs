using System.Globalization;
using System.Text;

namespace MedISeg.Benchmarks.Load;

/// <summary>What came of a load test.</summary>
internal sealed record LoadTestReport
{
    /// <summary>Jobs whose result was fetched.</summary>
    public required int Succeeded { get; init; }

    /// <summary>Jobs that were deleted on purpose and are gone.</summary>
    public required int Deleted { get; init; }

    /// <summary>Jobs that were no image and were refused or failed.</summary>
    public required int Refused { get; init; }

    /// <summary>What went another way than it should: a job that was accepted and is lost, failed, or whose result differs from another one's of the same
    /// image, package and options.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>Answers 429 and 503, which the client obeyed and tried again.</summary>
    public required int Postponed { get; init; }

    /// <summary>Wall time of all, s.</summary>
    public required double Seconds { get; init; }

    /// <summary>From the request that was accepted to the last byte of the result, s; sorted.</summary>
    public required IReadOnlyList<double> Latency { get; init; }

    /// <summary>The same without waiting in the queue and without the network, s; sorted.</summary>
    public required IReadOnlyList<double> Overhead { get; init; }

    /// <summary>Resident bytes of the service after a tenth of the jobs and after all, at rest; null: the caller may not see them.</summary>
    public required (long Tenth, long All)? ResidentBytes { get; init; }

    /// <summary>A share of the values lies at or below it; 0 where there are none.</summary>
    public static double Quantile(IReadOnlyList<double> sorted, double share) =>
        sorted.Count == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];

    /// <inheritdoc />
    public override string ToString()
    {
        StringBuilder text = new();
        int all = Succeeded + Deleted + Refused;
        Line($"jobs        {all} in {Seconds:0.0} s, {all / Seconds:0.00} a second: {Succeeded} succeeded, {Deleted} deleted, {Refused} refused; {Postponed} tries postponed");
        Line($"latency     {Quantiles(Latency)}");
        Line($"overhead    {Quantiles(Overhead)}, without queue and network");
        if (ResidentBytes is { } resident)
            Line($"resident    {resident.Tenth >> 20} MiB after a tenth, {resident.All >> 20} MiB after all: {(double)resident.All / resident.Tenth:0.000}");
        foreach (IGrouping<string, string> same in Faults.GroupBy(fault => fault)) Line($"FAULT       {same.Count()} x {same.Key}");
        return text.ToString();

        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }

    private static string Quantiles(IReadOnlyList<double> sorted) => string.Create(
        CultureInfo.InvariantCulture, $"p50 {Quantile(sorted, 0.5) * 1e3:0} ms, p95 {Quantile(sorted, 0.95) * 1e3:0} ms, p99 {Quantile(sorted, 0.99) * 1e3:0} ms");
}
