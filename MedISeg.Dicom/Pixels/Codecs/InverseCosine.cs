using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>The inverse cosine transform of blocks of 8 x 8 in whole numbers, rounded as libjpeg's slow one does, so that pixels are those that DCMTK
/// and GDCM decode. Source: C. Loeffler, A. Ligtenberg, G. Moschytz, Practical fast 1-D DCT algorithms with 11 multiplications, ICASSP 1989.</summary>
internal static class InverseCosine
{
    /// <summary>Samples of a block, and of a side.</summary>
    internal const int Size = 64, Side = 8;

    /// <summary>Binary places of the factors.</summary>
    private const int Places = 13;

    /// <summary>Transforms a block.</summary>
    /// <param name="block">Shape [8, 8], v then u: coefficients, multiplied by their quantum. Used up.</param>
    /// <param name="precision">Bits of a sample, 8 or 12.</param>
    /// <param name="samples">Takes the samples, 0 to 2^precision - 1, from the block's first one on.</param>
    /// <param name="stride">Samples from row to row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Transform(Span<int> block, int precision, Span<ushort> samples, int stride)
    {
        // 12 bits leave less room between the passes.
        int extra = precision == 8 ? 2 : 1;
        Pass(block, Places - extra);
        Transpose(block);
        Pass(block, Places + extra + 3);
        Transpose(block);
        Vector256<int> middle = Vector256.Create(1 << (precision - 1)), most = Vector256.Create((1 << precision) - 1);
        for (int row = 0; row < Side; row++)
        {
            Vector256<int> values = Vector256.Min(Vector256.Max(Row(block, row) + middle, Vector256<int>.Zero), most);
            Vector128.Narrow(values.GetLower().AsUInt32(), values.GetUpper().AsUInt32()).CopyTo(samples.Slice(row * stride, Side));
        }
    }

    /// <summary>The samples of a block that has no coefficient but the first.</summary>
    internal static void Even(int first, int precision, Span<ushort> samples, int stride)
    {
        Vector128<ushort> value = Vector128.Create((ushort)Math.Clamp(((first + 4) >> 3) + (1 << (precision - 1)), 0, (1 << precision) - 1));
        for (int row = 0; row < Side; row++) value.CopyTo(samples.Slice(row * stride, Side));
    }

    /// <summary>Transforms all columns, and drops binary places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(Span<int> block, int drop)
    {
        Vector256<int> half = Vector256.Create(1 << (drop - 1));

        Vector256<int> c2 = Row(block, 2), c6 = Row(block, 6), turned = (c2 + c6) * Factor(0.541196100);
        Vector256<int> even3 = turned + c2 * Factor(0.765366865), even2 = turned - c6 * Factor(1.847759065);
        Vector256<int> sum = (Row(block, 0) + Row(block, 4)) << Places, difference = (Row(block, 0) - Row(block, 4)) << Places;
        Vector256<int> a0 = sum + even3 + half, a3 = sum - even3 + half, a1 = difference + even2 + half, a2 = difference - even2 + half;

        Vector256<int> c1 = Row(block, 1), c3 = Row(block, 3), c5 = Row(block, 5), c7 = Row(block, 7);
        Vector256<int> all = (c7 + c3 + c5 + c1) * Factor(1.175875602);
        Vector256<int> z1 = (c7 + c1) * Factor(0.899976223), z2 = (c5 + c3) * Factor(2.562915447);
        Vector256<int> z3 = all - (c7 + c3) * Factor(1.961570560), z4 = all - (c5 + c1) * Factor(0.390180644);
        Vector256<int> b3 = c7 * Factor(0.298631336) - z1 + z3, b2 = c5 * Factor(2.053119869) - z2 + z4;
        Vector256<int> b1 = c3 * Factor(3.072711026) - z2 + z3, b0 = c1 * Factor(1.501321110) - z1 + z4;

        Put(block, 0, (a0 + b0) >> drop);
        Put(block, 7, (a0 - b0) >> drop);
        Put(block, 1, (a1 + b1) >> drop);
        Put(block, 6, (a1 - b1) >> drop);
        Put(block, 2, (a2 + b2) >> drop);
        Put(block, 5, (a2 - b2) >> drop);
        Put(block, 3, (a3 + b3) >> drop);
        Put(block, 4, (a3 - b3) >> drop);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Factor(double value) => Vector256.Create((int)(value * (1 << Places) + 0.5));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Row(ReadOnlySpan<int> block, int row) => Vector256.Create(block.Slice(row * Side, Side));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Span<int> block, int row, Vector256<int> values) => values.CopyTo(block.Slice(row * Side, Side));

    /// <summary>Exchanges rows and columns: first of quarters, then of their quarters, then of single values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(Span<int> block)
    {
        Vector256<int> r0 = Row(block, 0), r1 = Row(block, 1), r2 = Row(block, 2), r3 = Row(block, 3);
        Vector256<int> r4 = Row(block, 4), r5 = Row(block, 5), r6 = Row(block, 6), r7 = Row(block, 7);
        (r0, r4) = Halves(r0, r4);
        (r1, r5) = Halves(r1, r5);
        (r2, r6) = Halves(r2, r6);
        (r3, r7) = Halves(r3, r7);
        (r0, r2) = Pairs(r0, r2);
        (r1, r3) = Pairs(r1, r3);
        (r4, r6) = Pairs(r4, r6);
        (r5, r7) = Pairs(r5, r7);
        (r0, r1) = Singles(r0, r1);
        (r2, r3) = Singles(r2, r3);
        (r4, r5) = Singles(r4, r5);
        (r6, r7) = Singles(r6, r7);
        Put(block, 0, r0);
        Put(block, 1, r1);
        Put(block, 2, r2);
        Put(block, 3, r3);
        Put(block, 4, r4);
        Put(block, 5, r5);
        Put(block, 6, r6);
        Put(block, 7, r7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> Upper, Vector256<int> Lower) Halves(Vector256<int> a, Vector256<int> b) =>
        (Vector256.Create(a.GetLower(), b.GetLower()), Vector256.Create(a.GetUpper(), b.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> Upper, Vector256<int> Lower) Pairs(Vector256<int> a, Vector256<int> b)
    {
        Vector256<int> mine = Vector256.Create(-1, -1, 0, 0, -1, -1, 0, 0);
        return (Vector256.ConditionalSelect(mine, a, Vector256.Shuffle(b, Vector256.Create(0, 1, 0, 1, 4, 5, 4, 5))),
            Vector256.ConditionalSelect(mine, Vector256.Shuffle(a, Vector256.Create(2, 3, 2, 3, 6, 7, 6, 7)), b));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> Upper, Vector256<int> Lower) Singles(Vector256<int> a, Vector256<int> b)
    {
        Vector256<int> mine = Vector256.Create(-1, 0, -1, 0, -1, 0, -1, 0);
        return (Vector256.ConditionalSelect(mine, a, Vector256.Shuffle(b, Vector256.Create(0, 0, 2, 2, 4, 4, 6, 6))),
            Vector256.ConditionalSelect(mine, Vector256.Shuffle(a, Vector256.Create(1, 1, 3, 3, 5, 5, 7, 7)), b));
    }
}
