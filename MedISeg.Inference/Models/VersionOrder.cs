namespace MedISeg.Inference.Models;

/// <summary>Orders versions as people read them: 2 before 10, and a release after its pre-releases.</summary>
internal sealed class VersionOrder : IComparer<string>
{
    /// <summary>The only one.</summary>
    public static VersionOrder Instance { get; } = new();

    /// <inheritdoc />
    public int Compare(string? x, string? y)
    {
        string[] a = Parts(x ?? ""), b = Parts(y ?? "");
        for (int n = 0; n < Math.Max(a.Length, b.Length); n++)
        {
            // A missing part is older than a number (1 before 1.1) and newer than a word (1.0-rc before 1.0).
            if (n >= a.Length) return char.IsAsciiDigit(b[n][0]) ? -1 : 1;
            if (n >= b.Length) return char.IsAsciiDigit(a[n][0]) ? 1 : -1;
            int order = ComparePart(a[n], b[n]);
            if (order != 0) return order;
        }
        return string.CompareOrdinal(x, y);
    }

    private static int ComparePart(string a, string b)
    {
        bool numberA = char.IsAsciiDigit(a[0]), numberB = char.IsAsciiDigit(b[0]);
        if (numberA != numberB) return numberA ? 1 : -1;
        if (!numberA) return string.CompareOrdinal(a, b);
        string shortA = a.TrimStart('0'), shortB = b.TrimStart('0');
        return shortA.Length != shortB.Length ? shortA.Length.CompareTo(shortB.Length) : string.CompareOrdinal(shortA, shortB);
    }

    /// <summary>Runs of digits and runs of letters.</summary>
    private static string[] Parts(string version)
    {
        List<string> parts = [];
        int from = 0;
        for (int n = 1; n <= version.Length; n++)
        {
            if (n < version.Length && Kind(version[n]) == Kind(version[n - 1])) continue;
            if (Kind(version[n - 1]) != 0) parts.Add(version[from..n]);
            from = n;
        }
        return [.. parts];
    }

    private static int Kind(char c) => char.IsAsciiDigit(c) ? 1 : char.IsAsciiLetter(c) ? 2 : 0;
}
