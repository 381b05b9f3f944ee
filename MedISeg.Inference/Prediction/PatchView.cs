using System.Collections.Frozen;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Inference.Prediction;

/// <summary>A way to turn or mirror a patch before the network sees it, e.g. <c>flip-i</c> or <c>rot90-ji-1</c>.</summary>
public sealed class PatchView
{
    private static readonly FrozenDictionary<string, PatchView> ByName = Build().ToFrozenDictionary(view => view.Name);

    private PatchView(string name, AxisOrientation orientation, bool mirrors, (int First, int Second)? plane)
    {
        Name = name;
        Orientation = orientation;
        Mirrors = mirrors;
        Plane = plane;
    }

    /// <summary>Name as options spell it.</summary>
    public string Name { get; }

    /// <summary>Axis a of the view (0 = k, 1 = j, 2 = i) is axis <c>Source(a)</c> of the patch, reversed where <c>Flipped(a)</c>.</summary>
    public AxisOrientation Orientation { get; }

    /// <summary>Whether the view is a mirror image (determinant -1), so that left and right swap.</summary>
    public bool Mirrors { get; }

    /// <summary>The two axes that a quarter turn exchanges or reverses (0 = k, 1 = j, 2 = i); null for flips.</summary>
    public (int First, int Second)? Plane { get; }

    /// <summary>Whether the view needs the depth axis, so that a 2-D package cannot have it.</summary>
    public bool UsesDepth => Orientation.Source(0) != 0 || Orientation.Flipped(0) || Plane is (0, _);

    /// <summary>All names: flips of one, two or three axes, then quarter turns by plane.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Build().Select(view => view.Name)];

    /// <summary>Finds a view by its name.</summary>
    public static bool TryFind(string name, out PatchView? view) => ByName.TryGetValue(name, out view);

    /// <summary>The view of a name.</summary>
    /// <exception cref="ArgumentException">No view has this name.</exception>
    public static PatchView Find(string name) =>
        ByName.TryGetValue(name, out PatchView? view) ? view : throw new ArgumentException("No view has this name.", nameof(name));

    private static IEnumerable<PatchView> Build()
    {
        foreach (string axes in (string[])["k", "j", "i", "kj", "ki", "ji", "kji"])
        {
            AxisOrientation flips = new(0, axes.Contains('k'), 1, axes.Contains('j'), 2, axes.Contains('i'));
            yield return new PatchView("flip-" + axes, flips, axes.Length % 2 == 1, null);
        }
        foreach ((string name, int first, int second) in ((string, int, int)[])[("ji", 1, 2), ("ki", 0, 2), ("kj", 0, 1)])
            for (int turns = 1; turns <= 3; turns++)
                yield return new PatchView($"rot90-{name}-{turns}", Turn(first, second, turns), false, (first, second));
    }

    /// <summary>Turns the first axis towards the second by 90 degrees, as <c>np.rot90(patch, turns, (first, second))</c> does.</summary>
    private static AxisOrientation Turn(int first, int second, int turns)
    {
        Span<int> source = [0, 1, 2];
        Span<bool> flipped = [false, false, false];
        if (turns != 2) (source[first], source[second]) = (second, first);
        // One turn: out[a, b] = in[b, n - 1 - a]; two: in[n - 1 - a, n - 1 - b]; three: in[n - 1 - b, a].
        flipped[first] = turns is 1 or 2;
        flipped[second] = turns is 2 or 3;
        return new AxisOrientation(source[0], flipped[0], source[1], flipped[1], source[2], flipped[2]);
    }
}
