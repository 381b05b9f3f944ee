using System.Numerics;
using System.Runtime.CompilerServices;

namespace MedISeg.Imaging.Morphology;

/// <summary>Cuts rows of bits or labels into runs and joins the runs of two rows.</summary>
/// <remarks>A run is two numbers: first column, and column behind the last one.</remarks>
internal static class RunKernels
{
    /// <summary>Runs of set bits in a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Count(ReadOnlySpan<ulong> words)
    {
        int count = 0;
        ulong carry = 0;
        foreach (ulong word in words)
        {
            count += BitOperations.PopCount(word & ~(word << 1 | carry));
            carry = word >> (MaskKernels.WordBits - 1);
        }
        return count;
    }

    /// <summary>First column of a row's first run, and column behind its last one.</summary>
    /// <param name="words">Bits of the row; at least one is set.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (int First, int End) Span(ReadOnlySpan<ulong> words)
    {
        int from = 0, to = words.Length - 1;
        while (words[from] == 0) from++;
        while (words[to] == 0) to--;
        return (from * MaskKernels.WordBits + BitOperations.TrailingZeroCount(words[from]), to * MaskKernels.WordBits + BitOperations.Log2(words[to]) + 1);
    }

    /// <summary>Leaves of a row the gaps between its runs: what lies before the first and behind the last one is no gap.</summary>
    /// <param name="words">Bits of the row, of which one is set at least; turned into those of the gaps.</param>
    /// <returns>First column of the first run, and column behind the last one.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (int First, int End) KeepGaps(Span<ulong> words)
    {
        (int first, int end) = Span(words);
        int from = first / MaskKernels.WordBits, to = (end - 1) / MaskKernels.WordBits;
        for (int word = from; word <= to; word++) words[word] = ~words[word];
        words[from] &= ulong.MaxValue << first;
        words[to] &= ulong.MaxValue >> (MaskKernels.WordBits - 1 - (end - 1) % MaskKernels.WordBits);
        return (first, end);
    }

    /// <summary>Writes the runs of set bits.</summary>
    /// <param name="words">Bits of the row.</param>
    /// <param name="width">Voxels of the row.</param>
    /// <param name="bounds">Receives two numbers a run, as many as <see cref="Count"/> says.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Cut(ReadOnlySpan<ulong> words, int width, Span<int> bounds)
    {
        int bound = 0;
        ulong carry = 0;
        for (int word = 0; word < words.Length; word++)
        {
            ulong bits = words[word];
            for (ulong edges = bits ^ (bits << 1 | carry); edges != 0; edges &= edges - 1)
                bounds[bound++] = word * MaskKernels.WordBits + BitOperations.TrailingZeroCount(edges);
            carry = bits >> (MaskKernels.WordBits - 1);
        }
        if (bound < bounds.Length) bounds[bound] = width;
    }

    /// <summary>Moves the runs that hold a seed into another row.</summary>
    /// <param name="runs">Bits of the row.</param>
    /// <param name="seeds">Seeds; those outside the runs do not count.</param>
    /// <param name="to">Receives the runs beside what it has.</param>
    /// <param name="first">First word with a run.</param>
    /// <param name="last">Last word with a run.</param>
    /// <returns>Runs that stay.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int MoveSeeded(Span<ulong> runs, ReadOnlySpan<ulong> seeds, Span<ulong> to, int first, int last)
    {
        int stay = 0;
        ulong done = 0;
        for (int word = first; word <= last; word++)
        {
            ulong rest = runs[word] & ~done;
            done = 0;
            while (rest != 0)
            {
                // Adding a run's first bit carries through all of it.
                ulong run = rest & ~(rest + (rest & (0 - rest)));
                rest ^= run;
                if (run >> (MaskKernels.WordBits - 1) != 0 && word < last && (runs[word + 1] & 1) != 0)
                {
                    // It goes on to the next words: the last of them may have others behind it.
                    int end = word + 1;
                    while (end < last && runs[end] == ulong.MaxValue) end++;
                    done = runs[end] & ~(runs[end] + 1);
                    bool isSeeded = (run & seeds[word]) != 0 || (done & seeds[end]) != 0 || seeds[(word + 1)..end].ContainsAnyExcept(0UL);
                    if (!isSeeded) stay++;
                    else
                    {
                        Move(runs, to, word, run);
                        for (int full = word + 1; full < end; full++) Move(runs, to, full, ulong.MaxValue);
                        Move(runs, to, end, done);
                    }
                    word = end - 1;
                }
                else if ((run & seeds[word]) != 0) Move(runs, to, word, run);
                else stay++;
            }
        }
        return stay;

        static void Move(Span<ulong> runs, Span<ulong> to, int word, ulong bits)
        {
            runs[word] &= ~bits;
            to[word] |= bits;
        }
    }

    /// <summary>Leaves of the bits that mark changes of label those where the key changes too.</summary>
    /// <param name="row">Labels.</param>
    /// <param name="keys">Key of each label; 0: in no run.</param>
    /// <param name="words">Bits of the row; the first one is set.</param>
    /// <returns>Runs of the row.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int KeepKeyChanges<T>(ReadOnlySpan<T> row, ReadOnlySpan<ushort> keys, Span<ulong> words) where T : unmanaged, IBinaryInteger<T>
    {
        int count = 0;
        ushort before = 0;
        for (int word = 0; word < words.Length; word++)
        {
            ulong kept = 0;
            for (ulong changes = words[word]; changes != 0; changes &= changes - 1)
            {
                ushort key = keys[int.CreateTruncating(row[word * MaskKernels.WordBits + BitOperations.TrailingZeroCount(changes)])];
                if (key == before) continue;
                kept |= changes & (0 - changes);
                if (key != 0) count++;
                before = key;
            }
            words[word] = kept;
        }
        return count;
    }

    /// <summary>Writes the runs of equal keys.</summary>
    /// <param name="row">Labels.</param>
    /// <param name="keys">Key of each label; 0: in no run.</param>
    /// <param name="words">What <see cref="KeepKeyChanges"/> left.</param>
    /// <param name="bounds">Receives two numbers a run.</param>
    /// <param name="keyOf">Receives the key of each run.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Cut<T>(ReadOnlySpan<T> row, ReadOnlySpan<ushort> keys, ReadOnlySpan<ulong> words, Span<int> bounds, Span<ushort> keyOf)
        where T : unmanaged, IBinaryInteger<T>
    {
        int run = -1;
        bool isOpen = false;
        for (int word = 0; word < words.Length; word++)
            for (ulong changes = words[word]; changes != 0; changes &= changes - 1)
            {
                int at = word * MaskKernels.WordBits + BitOperations.TrailingZeroCount(changes);
                if (isOpen) bounds[2 * run + 1] = at;
                ushort key = keys[int.CreateTruncating(row[at])];
                isOpen = key != 0;
                if (!isOpen) continue;
                run++;
                bounds[2 * run] = at;
                keyOf[run] = key;
            }
        if (isOpen) bounds[2 * run + 1] = row.Length;
    }

    /// <summary>Joins the neighbouring runs of two rows.</summary>
    /// <param name="a">Bits of the later row.</param>
    /// <param name="b">Bits of the earlier row.</param>
    /// <param name="parent">Parent of each run in its tree, never higher than the run itself; the root is its own.</param>
    /// <param name="firstA">First run of the later row.</param>
    /// <param name="firstB">First run of the earlier row.</param>
    /// <param name="apart">0: runs must overlap; 1: corners may touch.</param>
    /// <remarks>Two runs are neighbours where one of them starts within the other, or right behind it where corners may touch. Each such start is a bit,
    /// and the runs that have started up to it are counted, so that rows without a contact cost a few operations a word.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Join(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, int* parent, int firstA, int firstB, int apart)
    {
        ulong behind = apart == 0 ? 0 : ulong.MaxValue, carryA = 0, carryB = 0;
        int last = -1, root = 0;
        for (int word = 0; word < a.Length; word++)
        {
            ulong bitsA = a[word], bitsB = b[word], movedA = bitsA << 1 | carryA, movedB = bitsB << 1 | carryB;
            ulong startsA = bitsA & ~movedA, startsB = bitsB & ~movedB;
            for (ulong contacts = (startsA & (bitsB | (movedB & behind))) | (startsB & (bitsA | (movedA & behind))); contacts != 0; contacts &= contacts - 1)
            {
                ulong until = contacts ^ (contacts - 1);
                int runA = firstA + BitOperations.PopCount(startsA & until) - 1, runB = firstB + BitOperations.PopCount(startsB & until) - 1;
                root = Link(parent, runA == last ? root : Root(parent, runA), runB);
                last = runA;
            }
            firstA += BitOperations.PopCount(startsA);
            firstB += BitOperations.PopCount(startsB);
            carryA = bitsA >> (MaskKernels.WordBits - 1);
            carryB = bitsB >> (MaskKernels.WordBits - 1);
        }
    }

    /// <summary>As the other, by two pointers: for rows of a few runs.</summary>
    /// <param name="bounds">Two numbers a run.</param>
    /// <param name="parent">Parent of each run in its tree.</param>
    /// <param name="a">First run of the later row.</param>
    /// <param name="lastA">Run behind the last one of the later row.</param>
    /// <param name="b">First run of the earlier row.</param>
    /// <param name="lastB">Run behind the last one of the earlier row.</param>
    /// <param name="apart">0: runs must overlap; 1: corners may touch.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Join(int* bounds, int* parent, int a, int lastA, int b, int lastB, int apart)
    {
        int root = -1;
        while (a < lastA && b < lastB)
        {
            int endA = bounds[2 * a + 1], endB = bounds[2 * b + 1];
            if (((bounds[2 * a] - endB - apart) & (bounds[2 * b] - endA - apart)) < 0) root = Link(parent, root < 0 ? Root(parent, a) : root, b);
            int aEndsFirst = (int)((uint)(endA - endB) >> 31);
            a += aEndsFirst;
            b += 1 - aEndsFirst;
            root |= -aEndsFirst;
        }
    }

    /// <summary>As the first, for runs of equal keys, which may follow each other without a gap: by two pointers.</summary>
    /// <param name="bounds">Two numbers a run.</param>
    /// <param name="key">Key of each run.</param>
    /// <param name="parent">Parent of each run in its tree.</param>
    /// <param name="a">First run of the later row.</param>
    /// <param name="lastA">Run behind the last one of the later row.</param>
    /// <param name="b">First run of the earlier row.</param>
    /// <param name="lastB">Run behind the last one of the earlier row.</param>
    /// <param name="apart">0: runs must overlap; 1: corners may touch.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Join(int* bounds, ushort* key, int* parent, int a, int lastA, int b, int lastB, int apart)
    {
        while (a < lastA && b < lastB)
        {
            int endA = bounds[2 * a + 1], endB = bounds[2 * b + 1];
            if (key[a] == key[b] && bounds[2 * a] < endB + apart && bounds[2 * b] < endA + apart) Link(parent, Root(parent, a), b);
            // At equal ends both cross pairs can be neighbours: this one, and the next of a with b, which comes when a moves on.
            if (endA == endB && b + 1 < lastB && key[a] == key[b + 1] && bounds[2 * b + 2] < endA + apart) Link(parent, Root(parent, a), b + 1);
            if (endA <= endB) a++;
            else b++;
        }
    }

    /// <summary>Makes the lower of two roots the other's parent, so that roots come in raster order of first voxels.</summary>
    /// <returns>The root of both.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe int Link(int* parent, int root, int run)
    {
        int other = Root(parent, run);
        if (root == other) return root;
        if (root < other)
        {
            parent[other] = root;
            return root;
        }
        parent[root] = other;
        return other;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe int Root(int* parent, int run)
    {
        while (parent[run] != run)
        {
            parent[run] = parent[parent[run]];
            run = parent[run];
        }
        return run;
    }
}
