using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Volumes;

/// <summary>An image in its stored voxel type, one exact array a channel, with its geometry. Real value = stored * slope +
/// intercept.</summary>
public sealed class Volume
{
    private readonly Array[] _channels;
    private readonly TypeCode _typeCode;

    /// <summary>Takes over the arrays.</summary>
    /// <param name="geometry">Where the grid lies.</param>
    /// <param name="channels">One array a channel, all of the same element type (byte, short, ushort, int, float or double),
    /// row-major (k, j, i), exactly as many elements as the grid has voxels.</param>
    /// <param name="slope">Factor to real values.</param>
    /// <param name="intercept">Summand to real values, in the image's unit.</param>
    /// <exception cref="ArgumentException">No channel, a wrong length or an element type that is not listed.</exception>
    public Volume(VolumeGeometry geometry, IReadOnlyList<Array> channels, double slope = 1, double intercept = 0)
    {
        if (channels.Count == 0) throw new ArgumentException("A volume needs a channel.", nameof(channels));
        foreach (Array channel in channels)
        {
            if (channel.LongLength != geometry.Grid.VoxelCount)
                throw new ArgumentException("A channel's length is not the number of voxels.", nameof(channels));
            if (channel.GetType() != channels[0].GetType())
                throw new ArgumentException("All channels must have one voxel type.", nameof(channels));
            // Not "channel is short[]": to the runtime a ushort[] is one too.
            if (Type.GetTypeCode(channel.GetType().GetElementType()) is not
                (TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.Single or TypeCode.Double))
                throw new ArgumentException("This voxel type is not stored; convert it first.", nameof(channels));
        }
        Geometry = geometry;
        Slope = slope;
        Intercept = intercept;
        _channels = [.. channels];
        VoxelType = _channels[0].GetType().GetElementType()!;
        _typeCode = Type.GetTypeCode(VoxelType);
    }

    /// <summary>Where the grid lies.</summary>
    public VolumeGeometry Geometry { get; }

    /// <summary>Number of channels, at least 1.</summary>
    public int Channels => _channels.Length;

    /// <summary>Factor from stored to real values.</summary>
    public double Slope { get; }

    /// <summary>Summand from stored to real values.</summary>
    public double Intercept { get; }

    /// <summary>Element type of the stored voxels.</summary>
    public Type VoxelType { get; }

    /// <summary>Bytes of a stored voxel of one channel: 1, 2, 4 or 8.</summary>
    public int BytesPerVoxel => _typeCode switch
    {
        TypeCode.Byte => sizeof(byte),
        TypeCode.Int16 or TypeCode.UInt16 => sizeof(short),
        TypeCode.Int32 or TypeCode.Single => sizeof(float),
        _ => sizeof(double),
    };

    /// <summary>Whether the image is one plane.</summary>
    public bool IsPlanar => Geometry.Grid.Depth == 1;

    /// <summary>The stored voxels of a channel, row-major (k, j, i), without slope and intercept; borrowed.</summary>
    public Array Stored(int channel) => _channels[channel];

    /// <summary>The stored voxels of a channel as a span; borrowed.</summary>
    /// <exception cref="InvalidCastException"><typeparamref name="T"/> is not the stored type.</exception>
    public ReadOnlySpan<T> Voxels<T>(int channel) where T : unmanaged => typeof(T) == VoxelType
        ? (T[])_channels[channel]
        : throw new InvalidCastException($"The voxels are {VoxelType.Name}, not {typeof(T).Name}.");

    /// <summary>Reads real values from (k, j, i) on along the width.</summary>
    /// <param name="channel">Channel, from 0.</param>
    /// <param name="k">Plane.</param>
    /// <param name="j">Row.</param>
    /// <param name="i">First column.</param>
    /// <param name="row">Receives as many values as it is long.</param>
    public void ReadRow(int channel, int k, int j, int i, Span<float> row)
    {
        int start = checked((int)Geometry.Grid.Offset(k, j, i));
        switch (_typeCode)
        {
            case TypeCode.Single:
                Voxels<float>(channel).Slice(start, row.Length).CopyTo(row);
                break;
            case TypeCode.Int16:
                VoxelRows.Widen(Voxels<short>(channel).Slice(start, row.Length), row);
                break;
            case TypeCode.Byte:
                VoxelRows.Widen(Voxels<byte>(channel).Slice(start, row.Length), row);
                break;
            case TypeCode.UInt16:
                VoxelRows.Widen(Voxels<ushort>(channel).Slice(start, row.Length), row);
                break;
            case TypeCode.Int32:
                ReadOnlySpan<int> wholes = Voxels<int>(channel).Slice(start, row.Length);
                for (int n = 0; n < row.Length; n++) row[n] = (float)(wholes[n] * Slope + Intercept);
                return;
            case TypeCode.Double:
                ReadOnlySpan<double> doubles = Voxels<double>(channel).Slice(start, row.Length);
                for (int n = 0; n < row.Length; n++) row[n] = (float)(doubles[n] * Slope + Intercept);
                return;
        }
        if (Slope != 1 || Intercept != 0) VoxelRows.Scale(row, Slope, Intercept);
    }

    /// <summary>All real values of a channel in a new array, row-major (k, j, i).</summary>
    public float[] ToFloats(int channel)
    {
        float[] values = GC.AllocateUninitializedArray<float>(checked((int)Geometry.Grid.VoxelCount));
        ReadRow(channel, 0, 0, 0, values);
        return values;
    }

    /// <summary>A copy of a block in the stored voxel type, where it lies in the patient; the volume itself where the block is all of it.</summary>
    /// <param name="start">First voxel of the block, inside the grid.</param>
    /// <param name="size">Extent of the block, inside the grid.</param>
    /// <exception cref="ArgumentException">The block reaches outside the grid.</exception>
    public Volume Block(VoxelIndex start, GridSize size)
    {
        GridSize grid = Geometry.Grid;
        if (size == grid && start == default) return this;
        if (start.K < 0 || start.J < 0 || start.I < 0
            || start.K + size.Depth > grid.Depth || start.J + size.Height > grid.Height || start.I + size.Width > grid.Width)
            throw new ArgumentException("The block reaches outside the grid.", nameof(size));
        Array[] channels = new Array[Channels];
        for (int channel = 0; channel < channels.Length; channel++)
        {
            channels[channel] = Array.CreateInstance(VoxelType, size.VoxelCount);
            for (int k = 0; k < size.Depth; k++)
                for (int j = 0; j < size.Height; j++)
                    Array.Copy(
                        _channels[channel], grid.Offset(start.K + k, start.J + j, start.I), channels[channel], size.Offset(k, j, 0), size.Width);
        }
        return new Volume(Geometry.Block(start, size), channels, Slope, Intercept);
    }
}
