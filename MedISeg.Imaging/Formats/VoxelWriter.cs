using System.Runtime.InteropServices;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Formats;

/// <summary>Writes voxels in their stored type, little endian.</summary>
internal static class VoxelWriter
{
    /// <summary>Level of deflate for images. Level 1 would make them half as large again for no time saved.</summary>
    public const int ImageLevel = 2;

    /// <summary>Level of deflate for label maps.</summary>
    public const int LabelLevel = 6;

    private const int Chunk = 1 << 18;

    /// <summary>Writes a channel.</summary>
    public static void Write(Stream output, Volume volume, int channel)
    {
        switch (Type.GetTypeCode(volume.VoxelType))
        {
            case TypeCode.Byte: Write(output, volume.Voxels<byte>(channel)); break;
            case TypeCode.Int16: Write(output, volume.Voxels<short>(channel)); break;
            case TypeCode.UInt16: Write(output, volume.Voxels<ushort>(channel)); break;
            case TypeCode.Int32: Write(output, volume.Voxels<int>(channel)); break;
            case TypeCode.Single: Write(output, volume.Voxels<float>(channel)); break;
            default: Write(output, volume.Voxels<double>(channel)); break;
        }
    }

    /// <summary>Writes labels.</summary>
    public static void Write(Stream output, LabelMap labels)
    {
        if (labels.IsWide) Write<ushort>(output, labels.Words);
        else Write<byte>(output, labels.Bytes);
    }

    /// <summary>Writes all channels of a voxel side by side.</summary>
    public static void WriteInterleaved(Stream output, Volume volume)
    {
        if (volume.Channels == 1)
        {
            Write(output, volume, 0);
            return;
        }
        switch (Type.GetTypeCode(volume.VoxelType))
        {
            case TypeCode.Byte: Interleave<byte>(output, volume); break;
            case TypeCode.Int16: Interleave<short>(output, volume); break;
            case TypeCode.UInt16: Interleave<ushort>(output, volume); break;
            case TypeCode.Int32: Interleave<int>(output, volume); break;
            case TypeCode.Single: Interleave<float>(output, volume); break;
            default: Interleave<double>(output, volume); break;
        }
    }

    /// <summary>What formats without slope and intercept hold of an image: real values in single precision where they differ from the stored
    /// ones.</summary>
    public static Volume Unscaled(Volume volume) => volume.Slope == 1 && volume.Intercept == 0
        ? volume
        : new Volume(volume.Geometry, [.. Enumerable.Range(0, volume.Channels).Select(volume.ToFloats)]);

    private static void Write<T>(Stream output, ReadOnlySpan<T> voxels) where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Writing needs a little-endian processor.");
        // In parts: a span of bytes cannot hold more than 2 GiB.
        for (int start = 0; start < voxels.Length; start += Chunk)
            output.Write(MemoryMarshal.AsBytes(voxels.Slice(start, Math.Min(Chunk, voxels.Length - start))));
    }

    private static void Interleave<T>(Stream output, Volume volume) where T : unmanaged
    {
        int channels = volume.Channels, voxels = checked((int)volume.Geometry.Grid.VoxelCount), length = Math.Min(voxels, Math.Max(1, Chunk / channels));
        T[] buffer = new T[length * channels];
        for (int start = 0; start < voxels; start += length)
        {
            int count = Math.Min(length, voxels - start);
            for (int c = 0; c < channels; c++)
            {
                ReadOnlySpan<T> values = volume.Voxels<T>(c).Slice(start, count);
                for (int n = 0; n < count; n++) buffer[n * channels + c] = values[n];
            }
            Write<T>(output, buffer.AsSpan(0, count * channels));
        }
    }
}
