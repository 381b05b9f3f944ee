using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Data.Splits;

/// <summary>Deals cases to a test set and folds: groups stay together, strata are spread evenly, the seed decides the rest.</summary>
internal static class FoldMaker
{
    private const int Stream = 3;

    /// <summary>Deals cases.</summary>
    /// <param name="cases">Cases with groups and strata, in an order of their own such as by name.</param>
    /// <param name="folds">Number of folds, at least 2.</param>
    /// <param name="seed">Orders the groups.</param>
    /// <param name="testShare">Share of the cases for the test set, in [0, 1); at most so many are taken of each stratum.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: there are fewer groups than folds.</exception>
    public static DataSplit Make(IReadOnlyList<StratifiedCase> cases, int folds, int seed, double testShare = 0)
    {
        List<Bundle> bundles = Shuffled(cases, seed);
        string[] strata = [.. cases.Select(c => c.Stratum).Distinct().Order(StringComparer.Ordinal)];
        List<string> test = [];
        List<string>[] parts = [.. Enumerable.Range(0, folds).Select(_ => new List<string>())];
        int left = bundles.Count - (testShare > 0 ? TakeTest(bundles, strata, testShare, test) : 0);
        if (left < folds)
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"{folds} folds need at least {folds} {(bundles.Count == cases.Count ? "cases" : "groups (patients)")}; there are {left}{(testShare > 0 ? " beside the test set" : "")}.");
        foreach (string stratum in strata)
        {
            int[] dealt = new int[folds];
            // Large groups first: the small ones even out what they leave. The order is stable, so equal ones stay shuffled.
            foreach (Bundle bundle in bundles.Where(b => b.Stratum == stratum && !b.IsTaken).OrderByDescending(b => b.Names.Count))
            {
                int fold = Enumerable.Range(0, folds).MinBy(f => (dealt[f], parts[f].Count, f));
                dealt[fold] += bundle.Names.Count;
                parts[fold].AddRange(bundle.Names);
            }
        }
        // Strata of few large groups can leave a fold without any.
        if (Array.FindIndex(parts, part => part.Count == 0) is >= 0 and var empty)
            throw new SegmentationException(ErrorCode.InvalidOption, $"Fold {empty} of {folds} stays empty; ask for fewer folds.");
        return new DataSplit(Sorted(test), [.. parts.Select(Sorted)]);
    }

    /// <summary>The paper's rule: the cases from fold * int(n / folds) on are the test set, the first of the rest are validated on.</summary>
    /// <param name="names">Names in the order that counts.</param>
    /// <param name="folds">Number of parts, at least 2; what is left over is never tested.</param>
    /// <param name="fold">Part that is the test set, in 0..folds-1.</param>
    /// <param name="validationShare">Share of the rest that is validated on, in (0, 1): 0.2 in 2-D, 0.1 in 3-D.</param>
    /// <returns>Fold 0 is validated on, fold 1 trained on.</returns>
    /// <remarks>Source: MedISeg at a1ab165; checked against golden values <c>splits2d</c> and <c>splits3d</c>.</remarks>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: too few cases for a part.</exception>
    public static DataSplit ByPosition(IReadOnlyList<string> names, int folds, int fold, double validationShare)
    {
        int size = (int)(1.0 / folds * names.Count), from = fold * size;
        string[] rest = [.. names.Take(from), .. names.Skip(from + size)];
        int validated = (int)(validationShare * rest.Length);
        if (size == 0 || validated == 0 || validated == rest.Length)
            throw new SegmentationException(ErrorCode.InvalidOption, $"{names.Count} cases are too few for {folds} folds and a validation share of {validationShare}.");
        return new DataSplit([.. names.Skip(from).Take(size)], [rest[..validated], rest[validated..]]);
    }

    private static List<Bundle> Shuffled(IReadOnlyList<StratifiedCase> cases, int seed)
    {
        Bundle[] bundles = [.. cases.GroupBy(c => c.Group).Select(group => new Bundle(
            group.GroupBy(c => c.Stratum).OrderByDescending(s => s.Count()).ThenBy(s => s.Key, StringComparer.Ordinal).First().Key,
            [.. group.Select(c => c.Name)]))];
        SeededRandom random = new(seed, 0, Stream);
        for (int n = bundles.Length - 1; n > 0; n--)
        {
            int other = random.NextInt(n + 1);
            (bundles[n], bundles[other]) = (bundles[other], bundles[n]);
        }
        return [.. bundles];
    }

    /// <summary>Marks groups as taken until no further one fits, and returns their number.</summary>
    private static int TakeTest(List<Bundle> bundles, string[] strata, double share, List<string> test)
    {
        int taken = 0;
        foreach (string stratum in strata)
        {
            Bundle[] members = [.. bundles.Where(b => b.Stratum == stratum)];
            int room = (int)Math.Round(share * members.Sum(b => b.Names.Count));
            foreach (Bundle bundle in members)
            {
                if (bundle.Names.Count > room) continue;
                bundle.IsTaken = true;
                room -= bundle.Names.Count;
                test.AddRange(bundle.Names);
                taken++;
            }
        }
        if (taken == 0) throw new SegmentationException(ErrorCode.InvalidOption, "No group (patient) is small enough for a test set of that share; ask for a larger one.");
        return taken;
    }

    private static string[] Sorted(IEnumerable<string> names) => [.. names.Order(StringComparer.Ordinal)];

    private sealed class Bundle(string stratum, IReadOnlyList<string> names)
    {
        public string Stratum { get; } = stratum;

        public IReadOnlyList<string> Names { get; } = names;

        public bool IsTaken { get; set; }
    }
}
