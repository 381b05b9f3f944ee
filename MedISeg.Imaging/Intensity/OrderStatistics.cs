namespace MedISeg.Imaging.Intensity;

/// <summary>
/// Finds the n-th smallest of many floats without holding them: counts the high half of their bits, then the low half where it matters.
/// </summary>
/// <remarks>Counting may run on several threads at once. Values must be numbers.</remarks>
internal sealed class OrderStatistics
{
    private readonly long[] _high = new long[1 << 16];
    private readonly long[]?[] _low = new long[1 << 16][];

    /// <summary>Values counted.</summary>
    public long Count { get; private set; }

    /// <summary>First pass over all values.</summary>
    public void CountHigh(ReadOnlySpan<float> values)
    {
        lock (_high)
        {
            foreach (float value in values) _high[Key(value) >> 16]++;
            Count += values.Length;
        }
    }

    /// <summary>Says which ranks, from 0, will be asked for.</summary>
    public void Select(ReadOnlySpan<long> ranks)
    {
        foreach (long rank in ranks) _low[Bin(rank).Bin] ??= new long[1 << 16];
    }

    /// <summary>Second pass over all values.</summary>
    public void CountLow(ReadOnlySpan<float> values)
    {
        lock (_high)
        {
            foreach (float value in values)
            {
                uint key = Key(value);
                if (_low[key >> 16] is { } counts) counts[key & 0xFFFF]++;
            }
        }
    }

    /// <summary>The value of a rank that was selected.</summary>
    public float Value(long rank)
    {
        (int bin, long before) = Bin(rank);
        long[] counts = _low[bin] ?? throw new InvalidOperationException("The rank was not selected.");
        int low = 0;
        while (before + counts[low] <= rank) before += counts[low++];
        uint key = (uint)bin << 16 | (uint)low;
        return BitConverter.UInt32BitsToSingle(key >= 0x80000000 ? key ^ 0x80000000 : ~key);
    }

    private (int Bin, long Before) Bin(long rank)
    {
        long before = 0;
        int bin = 0;
        while (before + _high[bin] <= rank) before += _high[bin++];
        return (bin, before);
    }

    /// <summary>Bits in an order that unsigned integers share with the floats.</summary>
    private static uint Key(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return bits >= 0x80000000 ? ~bits : bits | 0x80000000;
    }
}
