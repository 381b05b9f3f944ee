using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Volumes;

/// <summary>One label a voxel, 0 = background, with its geometry. One exact array of bytes, or of 16-bit words where a label exceeds 255.</summary>
public sealed class LabelMap
{
    private readonly byte[]? _bytes;
    private readonly ushort[]? _words;

    /// <summary>Takes over an array of bytes, row-major (k, j, i).</summary>
    /// <exception cref="ArgumentException">The length is not the number of voxels.</exception>
    public LabelMap(VolumeGeometry geometry, byte[] labels) : this(geometry, labels.LongLength) => _bytes = labels;

    /// <summary>Takes over an array of 16-bit words, row-major (k, j, i).</summary>
    /// <exception cref="ArgumentException">The length is not the number of voxels.</exception>
    public LabelMap(VolumeGeometry geometry, ushort[] labels) : this(geometry, labels.LongLength) => _words = labels;

    private LabelMap(VolumeGeometry geometry, long length)
    {
        if (length != geometry.Grid.VoxelCount) throw new ArgumentException("The number of labels is not the number of voxels.");
        Geometry = geometry;
    }

    /// <summary>Where the grid lies.</summary>
    public VolumeGeometry Geometry { get; }

    /// <summary>Whether labels are 16-bit words.</summary>
    public bool IsWide => _words is not null;

    /// <summary>Largest label that the map can hold: 255 or 65535.</summary>
    public int LargestLabel => IsWide ? ushort.MaxValue : byte.MaxValue;

    /// <summary>The labels as bytes; borrowed.</summary>
    /// <exception cref="InvalidOperationException">The map is wide.</exception>
    public Span<byte> Bytes => _bytes ?? throw new InvalidOperationException("The label map holds 16-bit words.");

    /// <summary>The labels as words; borrowed.</summary>
    /// <exception cref="InvalidOperationException">The map is not wide.</exception>
    public Span<ushort> Words => _words ?? throw new InvalidOperationException("The label map holds bytes.");

    /// <summary>Label of a voxel.</summary>
    public int this[int k, int j, int i]
    {
        get
        {
            int n = checked((int)Geometry.Grid.Offset(k, j, i));
            return _bytes is not null ? _bytes[n] : _words![n];
        }
    }

    /// <summary>The same labels on another grid of the same size; they share one array.</summary>
    /// <exception cref="ArgumentException">The size is another.</exception>
    public LabelMap On(VolumeGeometry geometry) =>
        geometry.Grid != Geometry.Grid ? throw new ArgumentException("The grid has another size.", nameof(geometry))
        : _bytes is not null ? new LabelMap(geometry, _bytes) : new LabelMap(geometry, _words!);

    /// <summary>A map of zeros that can hold labels up to a value.</summary>
    public static LabelMap Empty(VolumeGeometry geometry, int largestLabel)
    {
        int count = checked((int)geometry.Grid.VoxelCount);
        return largestLabel <= byte.MaxValue ? new LabelMap(geometry, new byte[count]) : new LabelMap(geometry, new ushort[count]);
    }
}
