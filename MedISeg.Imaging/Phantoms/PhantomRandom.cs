using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms;

/// <summary>Numbers that are the same on every machine (SplitMix64; only sums, products and square roots).</summary>
internal sealed class PhantomRandom
{
    private ulong _state;

    /// <summary>A stream of its own for each pair: drawing more from one never changes another.</summary>
    public PhantomRandom(int seed, int stream) => _state = Mix(Mix((uint)seed + 0x9E3779B97F4A7C15UL) + (uint)stream * 0xD1B54A32D192ED03UL);

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15UL;
        return Mix(_state);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [from, to).</summary>
    public double Uniform(double from, double to) => from + (to - from) * Unit();

    /// <summary>Uniform in [0, count).</summary>
    public int Below(int count) => (int)(Unit() * count);

    /// <summary>Whether an event of this probability happened.</summary>
    public bool Chance(double probability) => Unit() < probability;

    /// <summary>Nearly Gaussian, mean 0 and variance 1: the scaled sum of four uniform numbers, within ±3.47.</summary>
    public float Gaussian()
    {
        ulong bits = Next();
        int sum = (int)(bits & 0xFFFF) + (int)(bits >> 16 & 0xFFFF) + (int)(bits >> 32 & 0xFFFF) + (int)(bits >> 48);
        return (sum - 131070) * 2.6429016e-05f; // variance of the sum: 4 (65536^2 - 1) / 12
    }

    /// <summary>Uniform on the unit sphere.</summary>
    public Vector3D Direction()
    {
        while (true)
        {
            Vector3D v = new(Uniform(-1, 1), Uniform(-1, 1), Uniform(-1, 1));
            double length = v.Length;
            if (length is > 0.1 and <= 1) return v * (1 / length);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ z >> 27) * 0x94D049BB133111EBUL;
        return z ^ z >> 31;
    }
}
