using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Phantoms;

/// <summary>Lays the organs of a patient over each other, row by row: labels by the voxel's centre, HU by the share of the voxel that an
/// organ fills.</summary>
internal sealed class PhantomPainter
{
    /// <summary>Share of an approximate distance within which no surface lies; <c>AbdomenPhantomTests</c> checks it voxel by voxel.</summary>
    private const double SafeShare = 0.4;

    private readonly Organ[] _organs;
    private readonly VoxelBox[] _boxes;
    private readonly Affine _toAnatomy;
    private readonly PhantomTexture _texture;
    private readonly GridSize _grid;

    public PhantomPainter(AnatomyModel model, VolumeGeometry geometry, PhantomTexture texture)
    {
        _grid = geometry.Grid;
        _toAnatomy = model.FromPatient * geometry.IndexToPatient;
        _texture = texture;
        Affine toIndex = _toAnatomy.Inverse();
        _organs = [.. model.Organs];
        _boxes = [.. _organs.Select(o => VoxelBox.Around(o.Shape, toIndex, _grid))];
    }

    /// <summary>Paints one row.</summary>
    /// <param name="k">Plane.</param>
    /// <param name="j">Row.</param>
    /// <param name="hu">Receives HU without noise, as long as the grid is wide.</param>
    /// <param name="texture">Scratch of the same length.</param>
    /// <param name="labels">Receives labels, of the same length.</param>
    public void PaintRow(int k, int j, Span<float> hu, Span<float> texture, Span<byte> labels)
    {
        hu.Fill(-1000);
        texture.Clear();
        labels.Clear();
        Vector3D origin = _toAnatomy.Apply(0, j, k), step = _toAnatomy.I;
        // Farther from a surface than this, a voxel lies wholly on one side.
        double reach = _toAnatomy.I.Length + _toAnatomy.J.Length + _toAnatomy.K.Length, stride = step.Length;
        for (int n = 0; n < _organs.Length; n++)
        {
            VoxelBox box = _boxes[n];
            if (k < box.Low.K || k > box.High.K || j < box.Low.J || j > box.High.J) continue;
            Organ organ = _organs[n];
            int i = box.Low.I;
            while (i <= box.High.I)
            {
                double x = origin.X + i * step.X, y = origin.Y + i * step.Y, z = origin.Z + i * step.Z;
                double distance = organ.Shape.Distance(x, y, z);
                int clear = (int)((Math.Abs(distance) * SafeShare - reach) / stride);
                if (clear > 0)
                {
                    int next = Math.Min(i + clear, box.High.I + 1);
                    if (distance < 0)
                    {
                        hu[i..next].Fill((float)organ.Hu);
                        texture[i..next].Fill((float)organ.TextureHu);
                        labels[i..next].Fill((byte)organ.Label);
                    }
                    i = next;
                    continue;
                }
                float share = Math.Abs(distance) < reach ? (float)Share(organ.Shape, distance, x, y, z) : distance < 0 ? 1 : 0;
                hu[i] += share * ((float)organ.Hu - hu[i]);
                texture[i] += share * ((float)organ.TextureHu - texture[i]);
                if (distance <= 0) labels[i] = (byte)organ.Label;
                i++;
            }
        }
        for (int i = 0; i < hu.Length; i++)
            if (texture[i] > 0) hu[i] += texture[i] * _texture.At(origin.X + i * step.X, origin.Y + i * step.Y, origin.Z + i * step.Z);
    }

    /// <summary>Share of a voxel on the inner side of a surface that is taken as flat: the distance over the voxel's extent across it.</summary>
    private double Share(Shapes.Shape shape, double distance, double x, double y, double z)
    {
        const double Step = 0.05;
        double gx = shape.Distance(x + Step, y, z) - distance, gy = shape.Distance(x, y + Step, z) - distance;
        double gz = shape.Distance(x, y, z + Step) - distance;
        Vector3D gradient = new(gx / Step, gy / Step, gz / Step);
        double extent = Math.Abs(gradient.Dot(_toAnatomy.I)) + Math.Abs(gradient.Dot(_toAnatomy.J)) + Math.Abs(gradient.Dot(_toAnatomy.K));
        return extent < 1e-9 ? distance <= 0 ? 1 : 0 : Math.Clamp(0.5 - distance / extent, 0, 1);
    }

    /// <summary>Voxels that a shape can touch, ends included; empty when High.K is below Low.K.</summary>
    private readonly record struct VoxelBox(VoxelIndex Low, VoxelIndex High)
    {
        public static VoxelBox Around(Shapes.Shape shape, Affine toIndex, GridSize grid)
        {
            Vector3D low = new(double.MaxValue, double.MaxValue, double.MaxValue), high = low * -1;
            for (int corner = 0; corner < 8; corner++)
            {
                Vector3D p = toIndex.Apply(
                    (corner & 1) == 0 ? shape.Low.X : shape.High.X, (corner & 2) == 0 ? shape.Low.Y : shape.High.Y,
                    (corner & 4) == 0 ? shape.Low.Z : shape.High.Z);
                low = new(Math.Min(low.X, p.X), Math.Min(low.Y, p.Y), Math.Min(low.Z, p.Z));
                high = new(Math.Max(high.X, p.X), Math.Max(high.Y, p.Y), Math.Max(high.Z, p.Z));
            }
            // One voxel more on each side for those that are covered in part.
            return new VoxelBox(
                new(Floor(low.Z, grid.Depth), Floor(low.Y, grid.Height), Floor(low.X, grid.Width)),
                new(Ceiling(high.Z, grid.Depth), Ceiling(high.Y, grid.Height), Ceiling(high.X, grid.Width)));
        }

        private static int Floor(double index, int count) => (int)Math.Clamp(Math.Floor(index) - 1, 0, count);

        private static int Ceiling(double index, int count) => (int)Math.Clamp(Math.Ceiling(index) + 1, -1, count - 1);
    }
}
