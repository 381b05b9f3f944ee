namespace MedISeg.Training.Data;

/// <summary>Pseudo-random numbers from a seed and a place in the training, so that a resumed run draws the same ones.</summary>
/// <remarks>SplitMix64; the start mixes seed, index and stream.</remarks>
internal struct SeededRandom
{
    private ulong _state;

    /// <summary>Starts the sequence of a place.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="index">Place, e.g. number of the sample from the start of the run.</param>
    /// <param name="stream">Use, so that different uses do not share numbers.</param>
    public SeededRandom(long seed, long index, int stream)
    {
        _state = Mix(unchecked((ulong)seed + 0x9E3779B97F4A7C15UL));
        _state = Mix(unchecked(_state ^ (ulong)index * 0xD1B54A32D192ED03UL));
        _state = Mix(unchecked(_state + (ulong)stream * 0xABC98388FB8FAC03UL));
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(_state = unchecked(_state + 0x9E3779B97F4A7C15UL));

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double NextDouble(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Uniform in 0..count-1.</summary>
    /// <param name="count">At least 1.</param>
    public int NextInt(int count) => (int)(NextDouble() * count);

    /// <summary>Normal with mean 0 and deviation 1.</summary>
    public double NextGaussian() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    private static ulong Mix(ulong z)
    {
        z = unchecked((z ^ z >> 30) * 0xBF58476D1CE4E5B9UL);
        z = unchecked((z ^ z >> 27) * 0x94D049BB133111EBUL);
        return z ^ z >> 31;
    }
}
