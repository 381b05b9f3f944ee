namespace MedISeg.Benchmarks.Engine;

/// <summary>Work of the inference engine that is timed beside a peer's.</summary>
/// <param name="Name">Name on the command line; engine_peers.py knows the peer's work by the same one.</param>
/// <param name="Prepare">Makes the input, outside the timed part, and gives the work: it returns a number that the peer's result must equal.</param>
/// <param name="InPlace">Whether the work changes its input: then each second call, which is not timed, makes the input anew.</param>
internal sealed record EngineWork(string Name, Func<Func<double>> Prepare, bool InPlace = false);
