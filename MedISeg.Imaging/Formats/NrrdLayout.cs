using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Formats;

/// <summary>Which axes of a NRRD file are space and which channels, and where the grid lies.</summary>
/// <param name="Sides">Width, height, depth, then numbers a voxel that lie side by side, then grids behind each other.</param>
/// <param name="IndexToPatient">Voxel index (i, j, k) to mm in LPS.</param>
internal sealed record NrrdLayout(long[] Sides, Affine IndexToPatient)
{
    private const int Spatial = 3;

    /// <summary>Works out the layout.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: the axes cannot be told apart, or are not read;
    /// <see cref="ErrorCode.InvalidGeometry"/>: a space that has no sides of the patient, or numbers that mean nothing.</exception>
    public static NrrdLayout Of(NrrdHeader header)
    {
        string[]? kinds = header["kinds"]?.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (kinds is not null && kinds.Length != header.Dimension)
            throw new SegmentationException(ErrorCode.UnreadableImage, "The NRRD header must give each axis a kind; write the file again.");
        if (kinds?.Any(kind => kind.Contains("complex", StringComparison.OrdinalIgnoreCase)) == true)
            throw new SegmentationException(ErrorCode.UnreadableImage,
                "The voxels are complex numbers, which no model here takes; send the magnitude (or one part) as float.");
        Vector3D?[]? directions = header["spacedirections"] is { } text ? Directions(text, header.Dimension) : null;
        int[] axes = [.. Enumerable.Range(0, header.Dimension).Where(axis =>
            directions is not null ? directions[axis] is not null : kinds is null || kinds[axis].ToLowerInvariant() is "domain" or "space" or "???" or "none")];
        if (axes.Length is < 2 or > Spatial)
            throw new SegmentationException(ErrorCode.UnreadableImage,
                $"Two or three axes of a NRRD file must be space, and here {axes.Length} are; say by 'space directions' or 'kinds' which are channels.");
        (long before, long behind) = Channels(header.Sizes, axes);
        Affine map = directions is null ? Plain(header, axes) : Placed(header, [.. axes.Select(axis => directions[axis]!.Value)]);
        return new NrrdLayout([header.Sizes[axes[0]], header.Sizes[axes[1]], axes.Length > 2 ? header.Sizes[axes[2]] : 1, before, behind], map);
    }

    /// <summary>Numbers a voxel before the first axis of space, and grids behind the last.</summary>
    private static (long Before, long Behind) Channels(long[] sizes, int[] axes)
    {
        long before = 1, behind = 1;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (axes.Contains(axis) || sizes[axis] == 1) continue;
            if (axis > axes[0] && axis < axes[^1])
                throw new SegmentationException(ErrorCode.UnreadableImage,
                    "An axis of channels lies between the axes of space; make it the first or the last one.");
            long side = Math.Min(sizes[axis], ImageLimits.MostChannels + 1);
            // Beyond what is read both stay small enough to be multiplied on.
            if (axis < axes[0]) before = Math.Min(before * side, ImageLimits.MostChannels + 1);
            else behind = Math.Min(behind * side, ImageLimits.MostChannels + 1);
        }
        return (before, behind);
    }

    private static Vector3D?[] Directions(string text, int count)
    {
        List<Vector3D?> found = [];
        for (ReadOnlySpan<char> rest = text.AsSpan().TrimStart(); !rest.IsEmpty; rest = rest.TrimStart())
        {
            int end = rest[0] == '(' ? rest.IndexOf(')') + 1 : rest.IndexOfAny(' ', '\t');
            if (end <= 0) end = rest.Length;
            ReadOnlySpan<char> part = rest[..end];
            found.Add(part is "none" ? null : Vector(part.ToString(), "space directions"));
            rest = rest[end..];
        }
        return found.Count == count ? [.. found] : throw new SegmentationException(ErrorCode.InvalidGeometry,
            $"The header's field 'space directions' must hold a vector or 'none' for each of the {count} axes; write the file again.");
    }

    private static Vector3D Vector(string text, string field)
    {
        if (!text.StartsWith('(') || !text.EndsWith(')'))
            throw new SegmentationException(ErrorCode.InvalidGeometry, $"The header's field '{field}' holds no vector such as (1,0,0); write the file again.");
        double[] numbers = HeaderText.Numbers(text[1..^1], Spatial, field, ',');
        return new Vector3D(numbers[0], numbers[1], numbers[2]);
    }

    /// <summary>Spacings alone: along the patient's left, posterior and superior, the first voxel at the origin.</summary>
    private static Affine Plain(NrrdHeader header, int[] axes)
    {
        double[] spacing = [1, 1, 1];
        if (header["spacings"] is { } text)
        {
            double[] all = HeaderText.Numbers(text, header.Dimension, "spacings");
            for (int n = 0; n < axes.Length; n++)
            {
                double size = all[axes[n]];
                // "nan" says that nothing is known.
                if (double.IsNaN(size)) continue;
                spacing[n] = size > 0 && double.IsFinite(size) ? size : throw new SegmentationException(ErrorCode.InvalidGeometry,
                    "A spacing of the NRRD header is not a positive number; correct it or write space directions.");
            }
        }
        return new Affine(new(spacing[0], 0, 0), new(0, spacing[1], 0), new(0, 0, spacing[2]), default);
    }

    private static Affine Placed(NrrdHeader header, Vector3D[] columns)
    {
        Vector3D sign = (header["space"] ?? "").ToLowerInvariant() switch
        {
            "left-posterior-superior" or "lps" => new(1, 1, 1),
            "right-anterior-superior" or "ras" => new(-1, -1, 1),
            "left-anterior-superior" or "las" => new(1, -1, 1),
            _ => throw new SegmentationException(ErrorCode.InvalidGeometry,
                "The NRRD header's space does not say where the patient's left is; write left-posterior-superior, right-anterior-superior or left-anterior-superior."),
        };
        Vector3D unit = Units(header["spaceunits"]), scale = new(sign.X * unit.X, sign.Y * unit.Y, sign.Z * unit.Z);
        Vector3D origin = header["spaceorigin"] is { } text ? Vector(text, "space origin") : default;
        Vector3D i = Scaled(columns[0], scale), j = Scaled(columns[1], scale), normal = i.Cross(j);
        // One plane: a voxel is taken to be 1 mm thick.
        return new Affine(i, j, columns.Length > 2 ? Scaled(columns[2], scale) : normal * (1 / normal.Length), Scaled(origin, scale));

        // Minus zero would be one more spelling of the same affine.
        static Vector3D Scaled(Vector3D v, Vector3D by) => new(v.X * by.X + 0, v.Y * by.Y + 0, v.Z * by.Z + 0);
    }

    /// <summary>mm of each axis' unit; unknown units count as mm, as in NIfTI.</summary>
    private static Vector3D Units(string? text)
    {
        string[] names = text?.Split('"', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return new Vector3D(Mm(0), Mm(1), Mm(2));

        double Mm(int axis) => axis >= names.Length ? 1 : names[axis] switch
        {
            "m" or "meter" or "metre" => 1000,
            "cm" or "centimeter" or "centimetre" => 10,
            "um" or "µm" or "micron" or "micrometer" or "micrometre" => 0.001,
            _ => 1,
        };
    }
}
