using System.Text;

namespace MedISeg.Training.Networks;

/// <summary>Pseudo-random numbers from a name alone, equal in every language: for checks against other programs.</summary>
/// <remarks>FNV-1a of the UTF-8 name, plus index * 2654435761, mixed as in MurmurHash3; see the golden vectors' README.</remarks>
internal static class HashFill
{
    /// <summary>Number of index <paramref name="index"/> in [-1, 1).</summary>
    public static float At(string name, long index) => At(Hash(name), index);

    /// <summary>Fills a span, row-major.</summary>
    public static void Fill(string name, double scale, double offset, Span<float> values)
    {
        uint hash = Hash(name);
        for (int n = 0; n < values.Length; n++) values[n] = (float)(offset + scale * Base(hash, n));
    }

    /// <summary>Fills one tensor of a network as its role asks.</summary>
    public static void Fill(ParameterInfo parameter, Span<float> values)
    {
        (double scale, double offset) = parameter.Role switch
        {
            ParameterRole.Weight => (Math.Sqrt(6.0 / parameter.Shape.Skip(1).Aggregate(1L, (product, extent) => product * extent)), 0),
            ParameterRole.Scale => (0.1, 1),
            ParameterRole.Position => (0.02, 0),
            ParameterRole.RunningVariance => (0.2, 1),
            _ => (0.05, 0),
        };
        Fill(parameter.Name, scale, offset, values);
    }

    private static float At(uint hash, long index) => (float)Base(hash, index);

    private static double Base(uint hash, long index)
    {
        uint h = unchecked(hash + (uint)index * 2654435761u);
        h ^= h >> 16;
        h = unchecked(h * 0x85EBCA6Bu);
        h ^= h >> 13;
        h = unchecked(h * 0xC2B2AE35u);
        h ^= h >> 16;
        return h / 4294967296.0 * 2 - 1;
    }

    private static uint Hash(string name)
    {
        uint hash = 0x811C9DC5;
        foreach (byte b in Encoding.UTF8.GetBytes(name)) hash = unchecked((hash ^ b) * 0x01000193);
        return hash;
    }
}
