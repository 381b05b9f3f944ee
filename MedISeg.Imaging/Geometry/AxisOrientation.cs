using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Geometry;

/// <summary>One of the 48 ways to permute and flip the axes of a grid.</summary>
/// <remarks>New axis a (0 = k, 1 = j, 2 = i) is old axis <c>Source(a)</c>, reversed where <c>Flipped(a)</c>.</remarks>
public readonly record struct AxisOrientation
{
    private readonly byte _k, _j, _i;

    /// <summary>Creates an order: for new axes k, j, i the old axis (0 = k, 1 = j, 2 = i) and whether it is reversed.</summary>
    /// <exception cref="ArgumentException">The old axes are not a permutation.</exception>
    public AxisOrientation(int k, bool flipK, int j, bool flipJ, int i, bool flipI)
    {
        if ((1 << k | 1 << j | 1 << i) != 7) throw new ArgumentException("The three source axes must be a permutation of 0, 1, 2.");
        _k = Pack(k, flipK);
        _j = Pack(j, flipJ);
        _i = Pack(i, flipI);
    }

    /// <summary>The order that changes nothing.</summary>
    public static AxisOrientation None { get; } = new(0, false, 1, false, 2, false);

    /// <summary>The order that brings an axis (0 = k, 1 = j, 2 = i) to the front; the others keep their order and none is reversed.</summary>
    public static AxisOrientation ToFront(int axis) => new(axis, false, axis == 0 ? 1 : 0, false, axis == 2 ? 1 : 2, false);

    /// <summary>Whether nothing changes.</summary>
    public bool IsNone => this == None;

    /// <summary>Old axis that becomes new axis <paramref name="axis"/>; 0 = k, 1 = j, 2 = i.</summary>
    public int Source(int axis) => Packed(axis) & 3;

    /// <summary>Whether new axis <paramref name="axis"/> runs against its old axis.</summary>
    public bool Flipped(int axis) => (Packed(axis) & 4) != 0;

    /// <summary>The order that undoes this one.</summary>
    public AxisOrientation Inverse()
    {
        Span<int> source = stackalloc int[3];
        Span<bool> flipped = stackalloc bool[3];
        for (int axis = 0; axis < 3; axis++)
        {
            source[Source(axis)] = axis;
            flipped[Source(axis)] = Flipped(axis);
        }
        return new AxisOrientation(source[0], flipped[0], source[1], flipped[1], source[2], flipped[2]);
    }

    /// <summary>Geometry of the reordered grid; every voxel keeps its place in the patient.</summary>
    public VolumeGeometry Apply(VolumeGeometry geometry)
    {
        GridSize old = geometry.Grid;
        Affine map = geometry.IndexToPatient;
        Vector3D origin = map.Origin;
        Span<Vector3D> columns = stackalloc Vector3D[3];
        for (int axis = 0; axis < 3; axis++)
        {
            Vector3D step = map.Column(2 - Source(axis));
            if (Flipped(axis)) origin += step * (old[Source(axis)] - 1);
            columns[axis] = Flipped(axis) ? step * -1 : step;
        }
        return new VolumeGeometry(Apply(old), new Affine(columns[2], columns[1], columns[0], origin));
    }

    /// <summary>Extent of the reordered grid.</summary>
    public GridSize Apply(GridSize old) => new(old[Source(0)], old[Source(1)], old[Source(2)]);

    /// <summary>The order that brings a grid closest to directions given as letters.</summary>
    /// <param name="geometry">The grid as stored.</param>
    /// <param name="letters">Directions in which i, j and k shall grow, e.g. LPS or RAS: one of L/R, one of P/A, one of S/I, in any order.</param>
    /// <exception cref="ArgumentException">The letters do not name three different axes.</exception>
    public static AxisOrientation Towards(VolumeGeometry geometry, string letters)
    {
        // Greedy over |cosine| picks, for oblique grids too, the permutation that a reader would name.
        Span<int> patientAxis = stackalloc int[3];
        Span<bool> positive = stackalloc bool[3];
        int seen = 0;
        for (int n = 0; n < 3; n++)
        {
            int place = letters.Length == 3 ? "LRPASI".IndexOf(letters[n], StringComparison.Ordinal) : -1;
            if (place < 0) throw new ArgumentException("Three letters of L/R, P/A, S/I are needed, such as LPS.", nameof(letters));
            patientAxis[n] = place / 2;
            positive[n] = place % 2 == 0;
            seen |= 1 << place / 2;
        }
        if (seen != 7) throw new ArgumentException("Three letters of L/R, P/A, S/I are needed, such as LPS.", nameof(letters));

        Span<int> source = stackalloc int[3];
        Span<bool> flip = stackalloc bool[3];
        int usedNew = 0, usedOld = 0;
        for (int round = 0; round < 3; round++)
        {
            double best = -1;
            int bestNew = 0, bestOld = 0;
            for (int n = 0; n < 3; n++)
                for (int column = 0; column < 3; column++)
                {
                    if ((usedNew & 1 << n) != 0 || (usedOld & 1 << column) != 0) continue;
                    Vector3D step = geometry.IndexToPatient.Column(column);
                    double cosine = Math.Abs(step[patientAxis[n]]) / step.Length;
                    if (cosine <= best) continue;
                    (best, bestNew, bestOld) = (cosine, n, column);
                }
            usedNew |= 1 << bestNew;
            usedOld |= 1 << bestOld;
            source[bestNew] = 2 - bestOld;
            flip[bestNew] = geometry.IndexToPatient.Column(bestOld)[patientAxis[bestNew]] < 0 == positive[bestNew];
        }
        return new AxisOrientation(source[2], flip[2], source[1], flip[1], source[0], flip[0]);
    }

    /// <summary>All 48.</summary>
    public static IEnumerable<AxisOrientation> All()
    {
        int[][] permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        foreach (int[] p in permutations)
            for (int flips = 0; flips < 8; flips++)
                yield return new AxisOrientation(p[0], (flips & 1) != 0, p[1], (flips & 2) != 0, p[2], (flips & 4) != 0);
    }

    private static byte Pack(int axis, bool flip) => (byte)(axis | (flip ? 4 : 0));

    private byte Packed(int axis) => axis switch
    {
        0 => _k,
        1 => _j,
        2 => _i,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };
}
