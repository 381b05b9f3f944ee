using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Formats;

/// <summary>Between a NIfTI header's orientation (RAS, its own unit) and our affine (LPS, mm). The only place that knows RAS.</summary>
internal static class NiftiAffine
{
    /// <summary>How far b² + c² + d² may exceed 1: more than rounding, less than another rotation.</summary>
    private const double QuaternionSlack = 1e-3;

    /// <summary>Voxel index (i, j, k) to mm in LPS. sform before qform before pixel sizes.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: pixel sizes or a quaternion that mean
    /// nothing.</exception>
    public static Affine Read(NiftiHeader header)
    {
        Affine ras =
            header.SformCode > 0 ? header.Sform :
            header.QformCode > 0 ? FromQuaternion(header.Quaternion, header.Qfac < 0, PixelSize(header), header.QuaternionOffset) :
            FromPixelSize(PixelSize(header));
        double toMm = (header.Units & 7) switch
        {
            1 => 1000,
            3 => 0.001,
            _ => 1,
        };
        return Turn(new Affine(ras.I * toMm, ras.J * toMm, ras.K * toMm, ras.Origin * toMm));
    }

    /// <summary>RAS to LPS or back: x and y change sign.</summary>
    public static Affine Turn(Affine map)
    {
        return new Affine(Turned(map.I), Turned(map.J), Turned(map.K), Turned(map.Origin));
        // Minus zero would be one more spelling of the same affine.
        static Vector3D Turned(Vector3D v) => new(0 - v.X, 0 - v.Y, v.Z);
    }

    /// <summary>The affine that a quaternion says.</summary>
    /// <param name="quaternion">b, c, d; a is what makes the length 1.</param>
    /// <param name="flipK">Whether the third axis is turned round.</param>
    /// <param name="size">Distance of voxels along i, j, k.</param>
    /// <param name="offset">Centre of the first voxel.</param>
    public static Affine FromQuaternion(Vector3D quaternion, bool flipK, Vector3D size, Vector3D offset)
    {
        double square = quaternion.Dot(quaternion);
        if (!(square <= 1 + QuaternionSlack))
            throw new SegmentationException(ErrorCode.InvalidGeometry,
                "The qform's quaternion is not a rotation; correct quatern_b, quatern_c and quatern_d or write an sform.");
        double a = Math.Sqrt(Math.Max(0, 1 - square));
        Vector3D q = square > 1 ? quaternion * (1 / Math.Sqrt(square)) : quaternion;
        (double b, double c, double d) = (q.X, q.Y, q.Z);
        Vector3D i = new(a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c));
        Vector3D j = new(2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b));
        Vector3D k = new(2 * (b * d + a * c), 2 * (c * d - a * b), a * a + d * d - b * b - c * c);
        return new Affine(i * size.X, j * size.Y, k * (flipK ? -size.Z : size.Z), offset);
    }

    /// <summary>b, c, d of the rotation nearest to an affine's directions, and whether its third axis must be turned round for
    /// that.</summary>
    /// <param name="map">Affine whose columns are about perpendicular.</param>
    public static (Vector3D Quaternion, bool FlipK) ToQuaternion(Affine map)
    {
        bool flip = map.Determinant < 0;
        Vector3D i = map.I * (1 / map.I.Length), j = map.J * (1 / map.J.Length), k = map.K * ((flip ? -1 : 1) / map.K.Length);
        // Of the four squares 4a², 4b², 4c², 4d² the largest is at least 1: dividing by its root loses nothing.
        double aa = 1 + i.X + j.Y + k.Z, bb = 1 + i.X - j.Y - k.Z, cc = 1 - i.X + j.Y - k.Z, dd = 1 - i.X - j.Y + k.Z;
        double largest = Math.Max(Math.Max(aa, bb), Math.Max(cc, dd));
        double root = Math.Sqrt(largest);
        (double a, double b, double c, double d) =
            largest == aa ? (root, (j.Z - k.Y) / root, (k.X - i.Z) / root, (i.Y - j.X) / root) :
            largest == bb ? ((j.Z - k.Y) / root, root, (i.Y + j.X) / root, (k.X + i.Z) / root) :
            largest == cc ? ((k.X - i.Z) / root, (i.Y + j.X) / root, root, (j.Z + k.Y) / root) :
            ((i.Y - j.X) / root, (k.X + i.Z) / root, (j.Z + k.Y) / root, root);
        double sign = a < 0 ? -1 : 1;
        double length = Math.Sqrt(a * a + b * b + c * c + d * d);
        return (new Vector3D(b, c, d) * (sign / length), flip);
    }

    private static Affine FromPixelSize(Vector3D size) => new(new(size.X, 0, 0), new(0, size.Y, 0), new(0, 0, size.Z), default);

    private static Vector3D PixelSize(NiftiHeader header)
    {
        Vector3D size = header.PixelSize;
        return new Vector3D(Checked(size.X, header.Sides[0]), Checked(size.Y, header.Sides[1]), Checked(size.Z, header.Sides[2]));

        static double Checked(double mm, long voxels)
        {
            // A 2-D image often leaves the size of its missing axis at 0.
            if (mm == 0 && voxels == 1) return 1;
            return mm > 0 && double.IsFinite(mm) ? mm : throw new SegmentationException(ErrorCode.InvalidGeometry,
                "A pixel size (pixdim) of the NIfTI header is not a positive number; correct it or write an sform.");
        }
    }
}
