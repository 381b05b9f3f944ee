using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedISeg.Imaging.Resampling;

/// <summary>Turns rows into columns: what is written for rows side by side then serves along the fastest axis too.</summary>
internal static class PlaneTranspose
{
    /// <summary>Side of the blocks that are turned in registers.</summary>
    private const int Side = 8;

    /// <summary>Columns of a stripe: the rows that it becomes stay in the nearest cache.</summary>
    private const int Stripe = 64;

    /// <summary>target[c, r] = source[r, c].</summary>
    /// <param name="source">Shape [rows, columns].</param>
    /// <param name="sourcePitch">Elements from one source row to the next, at least <paramref name="columns"/>.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="target">Shape [columns, rows].</param>
    /// <param name="targetPitch">Elements from one target row to the next, at least <paramref name="rows"/>.</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public static void Run(ReadOnlySpan<float> source, int sourcePitch, int rows, int columns, Span<float> target, int targetPitch)
    {
        if (rows == 0 || columns == 0) return;
        if (sourcePitch < columns || targetPitch < rows
            || source.Length < (long)(rows - 1) * sourcePitch + columns || target.Length < (long)(columns - 1) * targetPitch + rows)
            throw new ArgumentException("A plane is shorter than its rows.");
        int wholeRows = Avx.IsSupported ? rows / Side * Side : 0, wholeColumns = Avx.IsSupported ? columns / Side * Side : 0;
        ref float from = ref MemoryMarshal.GetReference(source), to = ref MemoryMarshal.GetReference(target);
        for (int stripe = 0; stripe < wholeColumns; stripe += Stripe)
            for (int r = 0; r < wholeRows; r += Side)
                for (int c = stripe; c < Math.Min(stripe + Stripe, wholeColumns); c += Side)
                    Block(ref from, (nuint)((long)r * sourcePitch + c), (nuint)sourcePitch, ref to, (nuint)((long)c * targetPitch + r), (nuint)targetPitch);
        Scalar(source, sourcePitch, 0, rows, wholeColumns, columns, target, targetPitch);
        Scalar(source, sourcePitch, wholeRows, rows, 0, wholeColumns, target, targetPitch);
    }

    /// <summary>Scalar twin of <see cref="Run"/>, for a part of the rows and columns.</summary>
    internal static void Scalar(
        ReadOnlySpan<float> source, int sourcePitch, int fromRow, int toRow, int fromColumn, int toColumn, Span<float> target, int targetPitch)
    {
        for (int c = fromColumn; c < toColumn; c++)
            for (int r = fromRow; r < toRow; r++) target[c * targetPitch + r] = source[r * sourcePitch + c];
    }

    private static void Block(ref float source, nuint from, nuint sourcePitch, ref float target, nuint to, nuint targetPitch)
    {
        Vector256<float> r0 = Vector256.LoadUnsafe(ref source, from), r1 = Vector256.LoadUnsafe(ref source, from + sourcePitch);
        Vector256<float> r2 = Vector256.LoadUnsafe(ref source, from + 2 * sourcePitch), r3 = Vector256.LoadUnsafe(ref source, from + 3 * sourcePitch);
        Vector256<float> r4 = Vector256.LoadUnsafe(ref source, from + 4 * sourcePitch), r5 = Vector256.LoadUnsafe(ref source, from + 5 * sourcePitch);
        Vector256<float> r6 = Vector256.LoadUnsafe(ref source, from + 6 * sourcePitch), r7 = Vector256.LoadUnsafe(ref source, from + 7 * sourcePitch);
        Quarter(r0, r1, r2, r3, out Vector256<float> a0, out Vector256<float> a1, out Vector256<float> a2, out Vector256<float> a3);
        Quarter(r4, r5, r6, r7, out Vector256<float> b0, out Vector256<float> b1, out Vector256<float> b2, out Vector256<float> b3);
        const byte Lower = 0x20, Upper = 0x31;
        Avx.Permute2x128(a0, b0, Lower).StoreUnsafe(ref target, to);
        Avx.Permute2x128(a1, b1, Lower).StoreUnsafe(ref target, to + targetPitch);
        Avx.Permute2x128(a2, b2, Lower).StoreUnsafe(ref target, to + 2 * targetPitch);
        Avx.Permute2x128(a3, b3, Lower).StoreUnsafe(ref target, to + 3 * targetPitch);
        Avx.Permute2x128(a0, b0, Upper).StoreUnsafe(ref target, to + 4 * targetPitch);
        Avx.Permute2x128(a1, b1, Upper).StoreUnsafe(ref target, to + 5 * targetPitch);
        Avx.Permute2x128(a2, b2, Upper).StoreUnsafe(ref target, to + 6 * targetPitch);
        Avx.Permute2x128(a3, b3, Upper).StoreUnsafe(ref target, to + 7 * targetPitch);
    }

    /// <summary>Four rows, turned within each half of 128 bits.</summary>
    private static void Quarter(
        Vector256<float> r0, Vector256<float> r1, Vector256<float> r2, Vector256<float> r3,
        out Vector256<float> c0, out Vector256<float> c1, out Vector256<float> c2, out Vector256<float> c3)
    {
        Vector256<float> low01 = Avx.UnpackLow(r0, r1), high01 = Avx.UnpackHigh(r0, r1), low23 = Avx.UnpackLow(r2, r3), high23 = Avx.UnpackHigh(r2, r3);
        const byte LowPairs = 0x44, HighPairs = 0xee;
        c0 = Avx.Shuffle(low01, low23, LowPairs);
        c1 = Avx.Shuffle(low01, low23, HighPairs);
        c2 = Avx.Shuffle(high01, high23, LowPairs);
        c3 = Avx.Shuffle(high01, high23, HighPairs);
    }
}
