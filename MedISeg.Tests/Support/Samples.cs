using CsCheck;

namespace MedISeg.Tests.Support;

/// <summary>Draws the samples of property tests: the same ones in every run, so that a build does not fail by chance.</summary>
/// <remarks>
/// CsCheck's own <c>Sample(seed: …)</c> fixes the first sample only and draws all others afresh. <c>MEDISEG_FRESH_SAMPLES=1</c> asks for other
/// samples on purpose. A sample that fails goes to CsCheck, which looks for a smaller one and names the seed that repeats it.
/// </remarks>
internal static class Samples
{
    private const uint Stream = 1;
    private const ulong Seed = 2022;

    private static readonly bool Fresh = Environment.GetEnvironmentVariable("MEDISEG_FRESH_SAMPLES") == "1";

    /// <summary>Checks a property, which asserts or throws, on samples drawn one after another on this thread.</summary>
    /// <param name="gen">Draws samples.</param>
    /// <param name="samples">How many, at least 1.</param>
    /// <param name="property">The property.</param>
    public static void Check<T>(this Gen<T> gen, int samples, Action<T> property)
    {
        PCG random = Fresh ? new PCG(Stream) : new PCG(Stream, Seed);
        for (int n = 0; n < samples; n++)
        {
            string seed = random.ToString();
            T sample = gen.Generate(random, null, out _);
            try
            {
                property(sample);
            }
            catch (Exception)
            {
                gen.Sample(property, seed: seed, iter: samples, threads: 1);
                throw;
            }
        }
    }

    /// <inheritdoc cref="Check{T}(Gen{T}, int, Action{T})"/>
    public static void Check<T1, T2>(this Gen<(T1, T2)> gen, int samples, Action<T1, T2> property) =>
        gen.Check(samples, s => property(s.Item1, s.Item2));

    /// <inheritdoc cref="Check{T}(Gen{T}, int, Action{T})"/>
    public static void Check<T1, T2, T3>(this Gen<(T1, T2, T3)> gen, int samples, Action<T1, T2, T3> property) =>
        gen.Check(samples, s => property(s.Item1, s.Item2, s.Item3));

    /// <inheritdoc cref="Check{T}(Gen{T}, int, Action{T})"/>
    public static void Check<T1, T2, T3, T4>(this Gen<(T1, T2, T3, T4)> gen, int samples, Action<T1, T2, T3, T4> property) =>
        gen.Check(samples, s => property(s.Item1, s.Item2, s.Item3, s.Item4));

    /// <inheritdoc cref="Check{T}(Gen{T}, int, Action{T})"/>
    public static void Check<T1, T2, T3, T4, T5, T6>(this Gen<(T1, T2, T3, T4, T5, T6)> gen, int samples, Action<T1, T2, T3, T4, T5, T6> property) =>
        gen.Check(samples, s => property(s.Item1, s.Item2, s.Item3, s.Item4, s.Item5, s.Item6));
}
