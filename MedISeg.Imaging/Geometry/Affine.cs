namespace MedISeg.Imaging.Geometry;

/// <summary>Affine map of three dimensions: three columns and an origin, double precision.</summary>
/// <param name="I">Image of a step of one along the first input axis (i).</param>
/// <param name="J">Image of a step of one along the second input axis (j).</param>
/// <param name="K">Image of a step of one along the third input axis (k).</param>
/// <param name="Origin">Image of (0, 0, 0).</param>
public readonly record struct Affine(Vector3D I, Vector3D J, Vector3D K, Vector3D Origin)
{
    /// <summary>The map that changes nothing.</summary>
    public static Affine Identity { get; } = new(new(1, 0, 0), new(0, 1, 0), new(0, 0, 1), new(0, 0, 0));

    /// <summary>Volume of the image of the unit cube, signed.</summary>
    public double Determinant => I.Dot(J.Cross(K));

    /// <summary>Column: 0 = I, 1 = J, 2 = K.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Index is not 0, 1 or 2.</exception>
    public Vector3D Column(int index) => index switch
    {
        0 => I,
        1 => J,
        2 => K,
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    /// <summary>Maps a point.</summary>
    public Vector3D Apply(Vector3D point) => I * point.X + J * point.Y + K * point.Z + Origin;

    /// <summary>Maps the point (x, y, z).</summary>
    public Vector3D Apply(double x, double y, double z) => Apply(new Vector3D(x, y, z));

    /// <summary>Map that undoes this one.</summary>
    /// <exception cref="InvalidOperationException">The determinant is zero.</exception>
    public Affine Inverse()
    {
        double determinant = Determinant;
        if (determinant == 0) throw new InvalidOperationException("The affine is singular.");
        Vector3D a = J.Cross(K) * (1 / determinant), b = K.Cross(I) * (1 / determinant), c = I.Cross(J) * (1 / determinant);
        return new Affine(
            new(a.X, b.X, c.X), new(a.Y, b.Y, c.Y), new(a.Z, b.Z, c.Z),
            new(-a.Dot(Origin), -b.Dot(Origin), -c.Dot(Origin)));
    }

    /// <summary>First <paramref name="inner"/>, then <paramref name="outer"/>.</summary>
    public static Affine operator *(Affine outer, Affine inner) => new(
        outer.ApplyLinear(inner.I), outer.ApplyLinear(inner.J), outer.ApplyLinear(inner.K), outer.Apply(inner.Origin));

    /// <summary>The linear part alone: with the origin added and taken off again, a far origin would swallow it.</summary>
    private Vector3D ApplyLinear(Vector3D step) => I * step.X + J * step.Y + K * step.Z;
}
