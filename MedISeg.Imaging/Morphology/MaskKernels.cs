using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MedISeg.Imaging.Morphology;

/// <summary>Turns rows of labels into bits, 64 voxels a word, voxel n in bit n % 64 of word n / 64. Bits behind the row's end are 0.</summary>
internal static class MaskKernels
{
    /// <summary>Voxels in a word.</summary>
    public const int WordBits = 64;

    /// <summary>Bits of voxels whose label lies in a set.</summary>
    /// <param name="voxels">All voxels of the map: what lies behind the row is read too where it is there.</param>
    /// <param name="offset">First voxel of the row.</param>
    /// <param name="width">Voxels of the row.</param>
    /// <param name="ranges">The set.</param>
    /// <param name="words">Receives the bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Members<T>(ReadOnlySpan<T> voxels, int offset, int width, LabelRanges<T> ranges, Span<ulong> words)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        CheckRow(voxels.Length, offset, width, words.Length);
        ReadOnlySpan<T> lows = ranges.Lows, spans = ranges.Spans;
        if (lows.IsEmpty)
        {
            words.Clear();
            return;
        }
        Vector512<T> low = Vector512.Create(lows[0]), span = Vector512.Create(spans[0]);
        ref T row = ref MemoryMarshal.GetReference(voxels[offset..]);
        int full = Math.Min((voxels.Length - offset) / WordBits, (width + WordBits - 1) / WordBits);
        if (lows.Length == 1 && Vector512<T>.Count == WordBits)
        {
            for (int word = 0; word < full; word++)
                words[word] = Vector512.LessThanOrEqual(Vector512.LoadUnsafe(ref row, (nuint)(word * WordBits)) - low, span).ExtractMostSignificantBits();
        }
        else
        {
            for (int word = 0; word < full; word++)
            {
                ulong bits = 0;
                for (int part = 0; part < WordBits; part += Vector512<T>.Count)
                {
                    Vector512<T> labels = Vector512.LoadUnsafe(ref row, (nuint)(word * WordBits + part)), inside = Vector512.LessThanOrEqual(labels - low, span);
                    for (int n = 1; n < lows.Length; n++)
                        inside |= Vector512.LessThanOrEqual(labels - Vector512.Create(lows[n]), Vector512.Create(spans[n]));
                    bits |= inside.ExtractMostSignificantBits() << part;
                }
                words[word] = bits;
            }
        }
        if (full * WordBits < width) MembersScalar(voxels.Slice(offset + full * WordBits, width - full * WordBits), ranges, words[full..]);
        CutOff(width, words);
    }

    /// <summary>Scalar twin of <see cref="Members"/>.</summary>
    public static void MembersScalar<T>(ReadOnlySpan<T> row, LabelRanges<T> ranges, Span<ulong> words)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        words.Clear();
        for (int n = 0; n < row.Length; n++)
            for (int range = 0; range < ranges.Lows.Length; range++)
                if (row[n] >= ranges.Lows[range] && row[n] - ranges.Lows[range] <= ranges.Spans[range]) words[n / WordBits] |= 1UL << n;
    }

    /// <summary>Bits of voxels whose label is not that of the voxel before; that of the first voxel is set.</summary>
    /// <inheritdoc cref="Members" path="/param"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Changes<T>(ReadOnlySpan<T> voxels, int offset, int width, Span<ulong> words) where T : unmanaged, IBinaryInteger<T>
    {
        CheckRow(voxels.Length, offset, width, words.Length);
        // The first word of the map has no voxel before it.
        int from = offset == 0 ? 1 : 0, full = Math.Min((voxels.Length - offset) / WordBits, (width + WordBits - 1) / WordBits);
        ref T row = ref MemoryMarshal.GetReference(voxels[offset..]);
        for (int word = from; word < full; word++)
        {
            ulong same = 0;
            for (int part = 0; part < WordBits; part += Vector512<T>.Count)
            {
                nint at = word * WordBits + part;
                Vector512<T> before = Vector512.LoadUnsafe(ref Unsafe.Add(ref row, at - 1));
                same |= Vector512.Equals(Vector512.LoadUnsafe(ref row, (nuint)at), before).ExtractMostSignificantBits() << part;
            }
            words[word] = ~same;
        }
        if (from == 1) ChangesScalar(voxels[..Math.Min(width, WordBits)], T.Zero, words[..1]);
        full = Math.Max(from, full);
        int done = full * WordBits;
        if (done < width) ChangesScalar(voxels.Slice(offset + done, width - done), done == 0 ? T.Zero : voxels[offset + done - 1], words[full..]);
        words[0] |= 1;
        CutOff(width, words);
    }

    /// <summary>Scalar twin of <see cref="Changes"/>, but that the first voxel is compared with one before it.</summary>
    public static void ChangesScalar<T>(ReadOnlySpan<T> row, T before, Span<ulong> words) where T : unmanaged, IBinaryInteger<T>
    {
        words.Clear();
        for (int n = 0; n < row.Length; n++)
        {
            if (row[n] != before) words[n / WordBits] |= 1UL << n;
            before = row[n];
        }
    }

    /// <summary>Whether a bit of [from, to) is set.</summary>
    /// <param name="words">Bits of the row.</param>
    /// <param name="from">First bit, at least 0.</param>
    /// <param name="to">Bit behind the last one, above <paramref name="from"/>.</param>
    public static bool Any(ReadOnlySpan<ulong> words, int from, int to)
    {
        int first = from / WordBits, last = (to - 1) / WordBits;
        ulong notBefore = ulong.MaxValue << from, notBehind = ulong.MaxValue >> (WordBits - 1 - (to - 1) % WordBits);
        if (first == last) return (words[first] & notBefore & notBehind) != 0;
        return (words[first] & notBefore) != 0 || (words[last] & notBehind) != 0 || words[(first + 1)..last].ContainsAnyExcept(0UL);
    }

    /// <summary>Sets the bits that lie outside of [start, end).</summary>
    /// <param name="start">First bit inside.</param>
    /// <param name="end">Bit behind the last one inside; where it is not above <paramref name="start"/>, all are outside.</param>
    /// <param name="words">Bits of the row.</param>
    /// <param name="first">First word to do.</param>
    /// <param name="last">Last word to do.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddOutside(int start, int end, Span<ulong> words, int first, int last)
    {
        if (start >= end)
        {
            words[first..(last + 1)].Fill(ulong.MaxValue);
            return;
        }
        int low = start / WordBits, high = end / WordBits;
        for (int word = first; word < low && word <= last; word++) words[word] = ulong.MaxValue;
        if (low >= first && low <= last) words[low] |= ~(ulong.MaxValue << start);
        if (high >= first && high <= last) words[high] |= ulong.MaxValue << end;
        for (int word = Math.Max(first, high + 1); word <= last; word++) words[word] = ulong.MaxValue;
    }

    /// <summary>Sets the bits that are set in another row, and their neighbours where asked.</summary>
    /// <param name="other">Bits of the other row.</param>
    /// <param name="apart">0: no neighbours; 1: the bit before and the one behind, too.</param>
    /// <param name="words">Bits of the row.</param>
    /// <param name="first">First word to do.</param>
    /// <param name="last">Last word to do.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddGrown(ReadOnlySpan<ulong> other, int apart, Span<ulong> words, int first, int last)
    {
        for (int word = first; word <= last; word++)
        {
            ulong bits = other[word];
            words[word] |= bits;
            if (apart == 0) continue;
            ulong before = word > 0 ? other[word - 1] : 0, behind = word + 1 < other.Length ? other[word + 1] : 0;
            words[word] |= bits << 1 | before >> (WordBits - 1) | bits >> 1 | behind << (WordBits - 1);
        }
    }

    /// <summary>Clears the bits behind a row's end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CutOff(int width, Span<ulong> words)
    {
        if (width % WordBits != 0) words[width / WordBits] &= (1UL << width) - 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CheckRow(int voxels, int offset, int width, int words)
    {
        if (width < 1 || offset < 0 || offset > voxels - width || words != (width + WordBits - 1) / WordBits)
            throw new ArgumentException("The row does not lie in the map, or has another number of words.");
    }
}
