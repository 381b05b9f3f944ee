using System.Globalization;

namespace MedISeg.Benchmarks.Targets;

/// <summary>One demand on speed or memory with what was measured.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Ours">Of our program, in <paramref name="Unit"/>.</param>
/// <param name="Peer">Of what it is compared with, in <paramref name="Unit"/>.</param>
/// <param name="Unit">Unit of both.</param>
/// <param name="Target">Allowed ratio of ours to the peer.</param>
/// <param name="AtLeast">Whether the ratio must reach <paramref name="Target"/>; else it must not pass it.</param>
/// <param name="PeakMiB">Largest memory of our process, in MiB; null: not measured.</param>
/// <param name="Fault">Why the two must not be compared at all, such as results that differ; null: they may.</param>
public sealed record TargetRow(string Name, double Ours, double Peer, string Unit, double Target, bool AtLeast, double? PeakMiB, string? Fault = null)
{
    /// <summary>Ours / peer; peer / ours where the target is to be reached.</summary>
    public double Ratio => AtLeast ? Peer / Ours : Ours / Peer;

    /// <summary>Whether the target is met.</summary>
    public bool Met => Fault is null && (AtLeast ? Ratio >= Target : Ratio <= Target);

    /// <summary>One line: name, ours, peer, ratio, target, peak memory, verdict.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name,-46} ours {Ours,8:F3} {Unit,-3} peer {Peer,8:F3} {Unit,-3} ratio {Ratio,6:F3} target {(AtLeast ? ">=" : "<=")} {Target:F2}  peak {(PeakMiB is { } peak ? $"{peak:F0} MiB" : "-"),8}  {(Met ? "met" : $"MISSED {Fault}")}");
}
