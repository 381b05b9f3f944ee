using System.Numerics;
using System.Runtime.InteropServices;

namespace MedISeg.Imaging.Volumes;

/// <summary>Turns stored voxels into real values. Vectors and their scalar twins give the same bits.</summary>
internal static class VoxelRows
{
    /// <summary>Sums of a 16-bit number and a whole number below this are exact in single precision.</summary>
    private const double LargestExactShift = 1 << 23;

    /// <summary>Widens bytes.</summary>
    /// <param name="stored">As many as the result is long.</param>
    /// <param name="result">Receives the values.</param>
    public static void Widen(ReadOnlySpan<byte> stored, Span<float> result)
    {
        stored = stored[..result.Length];
        ref byte from = ref MemoryMarshal.GetReference(stored);
        ref float to = ref MemoryMarshal.GetReference(result);
        int n = 0, step = Vector<byte>.Count;
        for (; n <= result.Length - step; n += step)
        {
            Vector.Widen(Vector.LoadUnsafe(ref from, (nuint)n), out Vector<ushort> low, out Vector<ushort> high);
            Store(low, ref to, n);
            Store(high, ref to, n + step / 2);
        }
        WidenScalar(stored[n..], result[n..]);
    }

    /// <summary>Widens signed words.</summary>
    /// <inheritdoc cref="Widen(ReadOnlySpan{byte}, Span{float})"/>
    public static void Widen(ReadOnlySpan<short> stored, Span<float> result)
    {
        stored = stored[..result.Length];
        ref short from = ref MemoryMarshal.GetReference(stored);
        ref float to = ref MemoryMarshal.GetReference(result);
        int n = 0, step = Vector<short>.Count;
        for (; n <= result.Length - step; n += step)
        {
            Vector.Widen(Vector.LoadUnsafe(ref from, (nuint)n), out Vector<int> low, out Vector<int> high);
            Vector.ConvertToSingle(low).StoreUnsafe(ref to, (nuint)n);
            Vector.ConvertToSingle(high).StoreUnsafe(ref to, (nuint)(n + step / 2));
        }
        WidenScalar(stored[n..], result[n..]);
    }

    /// <summary>Widens unsigned words.</summary>
    /// <inheritdoc cref="Widen(ReadOnlySpan{byte}, Span{float})"/>
    public static void Widen(ReadOnlySpan<ushort> stored, Span<float> result)
    {
        stored = stored[..result.Length];
        ref ushort from = ref MemoryMarshal.GetReference(stored);
        ref float to = ref MemoryMarshal.GetReference(result);
        int n = 0, step = Vector<ushort>.Count;
        for (; n <= result.Length - step; n += step) Store(Vector.LoadUnsafe(ref from, (nuint)n), ref to, n);
        WidenScalar(stored[n..], result[n..]);
    }

    /// <summary>Scalar twin of the others.</summary>
    public static void WidenScalar<T>(ReadOnlySpan<T> stored, Span<float> result) where T : unmanaged, INumber<T>
    {
        for (int n = 0; n < result.Length; n++) result[n] = float.CreateTruncating(stored[n]);
    }

    /// <summary>value * slope + intercept, worked out in double precision and rounded once, of values that were 8 or 16-bit numbers.</summary>
    public static void Scale(Span<float> values, double slope, double intercept)
    {
        if (slope == 1 && intercept == Math.Floor(intercept) && Math.Abs(intercept) < LargestExactShift)
        {
            Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
            for (int n = 0; n < vectors.Length; n++) vectors[n] += new Vector<float>((float)intercept);
            ScaleScalar(values[(vectors.Length * Vector<float>.Count)..], slope, intercept);
            return;
        }
        Vector<double> factor = new(slope), summand = new(intercept);
        Span<Vector<float>> all = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (int n = 0; n < all.Length; n++)
        {
            Vector.Widen(all[n], out Vector<double> low, out Vector<double> high);
            all[n] = Vector.Narrow(low * factor + summand, high * factor + summand);
        }
        ScaleScalar(values[(all.Length * Vector<float>.Count)..], slope, intercept);
    }

    /// <summary>Scalar twin of <see cref="Scale"/>.</summary>
    public static void ScaleScalar(Span<float> values, double slope, double intercept)
    {
        for (int n = 0; n < values.Length; n++) values[n] = (float)(values[n] * slope + intercept);
    }

    private static void Store(Vector<ushort> words, ref float to, int at)
    {
        Vector.Widen(words, out Vector<uint> low, out Vector<uint> high);
        Vector.ConvertToSingle(Vector.AsVectorInt32(low)).StoreUnsafe(ref to, (nuint)at);
        Vector.ConvertToSingle(Vector.AsVectorInt32(high)).StoreUnsafe(ref to, (nuint)(at + Vector<float>.Count));
    }
}
