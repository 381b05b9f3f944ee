using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MedISeg.Imaging.Formats;

namespace MedISeg.Dicom.Series;

/// <summary>The arrays of a volume in the smallest type that holds every slice's values.</summary>
internal sealed class VoxelStore
{
    private readonly Plan _plan;

    /// <summary>Takes the memory; it is dirty until every slice is written.</summary>
    /// <param name="plan">Type and scaling.</param>
    /// <param name="channels">1, or 3 for colours.</param>
    /// <param name="voxels">Voxels of one channel.</param>
    public VoxelStore(Plan plan, int channels, int voxels)
    {
        _plan = plan;
        Channels = new Array[channels];
        for (int c = 0; c < channels; c++) Channels[c] = plan.Allocate(voxels);
    }

    /// <summary>One array a channel.</summary>
    public Array[] Channels { get; }

    /// <summary>Factor from stored to real values.</summary>
    public double Slope => _plan.Slope;

    /// <summary>Summand from stored to real values.</summary>
    public double Intercept => _plan.Intercept;

    /// <summary>Whether voxels are of 16 bits, and <see cref="Words"/> can be written.</summary>
    public bool HasWords => _plan.Type is TypeCode.Int16 or TypeCode.UInt16;

    /// <summary>Voxels of the first channel as words, two's complement where they are signed.</summary>
    /// <param name="start">First voxel.</param>
    /// <param name="count">Number of voxels.</param>
    public Span<ushort> Words(int start, int count) => _plan.Type == TypeCode.UInt16
        ? ((ushort[])Channels[0]).AsSpan(start, count) : MemoryMarshal.Cast<short, ushort>(((short[])Channels[0]).AsSpan(start, count));

    /// <summary>Whether voxels are of 8 bits, and <see cref="Bytes"/> can be written.</summary>
    public bool HasBytes => _plan.Type is TypeCode.Byte;

    /// <summary>Voxels of the first channel.</summary>
    /// <inheritdoc cref="Words" path="/param"/>
    public Span<byte> Bytes(int start, int count) => ((byte[])Channels[0]).AsSpan(start, count);

    /// <summary>Chooses the type: real values as floats where the slices are scaled differently, else the smallest type for what they can
    /// store, with their slope and intercept.</summary>
    public static Plan PlanOf(IReadOnlyList<SlicePixels> slices)
    {
        SlicePixels first = slices[0];
        if (slices.Any(slice => slice.Slope != first.Slope || slice.Intercept != first.Intercept)) return new Plan(TypeCode.Single, 1, 0);
        long low = slices.Min(slice => slice.Low), high = slices.Max(slice => slice.High);
        TypeCode type = low >= 0 && high <= byte.MaxValue ? TypeCode.Byte
            : low >= short.MinValue && high <= short.MaxValue ? TypeCode.Int16
            : low >= 0 && high <= ushort.MaxValue ? TypeCode.UInt16
            : TypeCode.Int32;
        return new Plan(type, first.Slope, first.Intercept);
    }

    /// <summary>Writes one plane.</summary>
    /// <param name="values">Values of the plane, the channels of a pixel side by side. Changed.</param>
    /// <param name="start">First voxel of the plane in each channel.</param>
    /// <param name="slice">What the values mean.</param>
    public void Write(Span<int> values, int start, SlicePixels slice)
    {
        if (slice.Inverts)
        {
            long sum = slice.Low + slice.High;
            for (int n = 0; n < values.Length; n++) values[n] = (int)(sum - values[n]);
        }
        switch (_plan.Type)
        {
            case TypeCode.Byte: Copy<byte>(values, start); break;
            case TypeCode.Int16: Copy<short>(values, start); break;
            case TypeCode.UInt16: Copy<ushort>(values, start); break;
            case TypeCode.Int32: Copy<int>(values, start); break;
            default: Scale(values, start, slice.Slope, slice.Intercept); break;
        }
    }

    private void Copy<T>(ReadOnlySpan<int> values, int start) where T : unmanaged, INumber<T>
    {
        int channels = Channels.Length, count = values.Length / channels;
        for (int c = 0; c < channels; c++)
        {
            Span<T> target = ((T[])Channels[c]).AsSpan(start, count);
            if (channels == 1) TensorPrimitives.ConvertTruncating(values, target);
            else for (int n = 0; n < count; n++) target[n] = T.CreateTruncating(values[n * channels + c]);
        }
    }

    private void Scale(ReadOnlySpan<int> values, int start, double slope, double intercept)
    {
        Span<float> target = ((float[])Channels[0]).AsSpan(start, values.Length);
        for (int n = 0; n < values.Length; n++) target[n] = (float)(values[n] * slope + intercept);
    }

    /// <summary>Type and scaling of a volume.</summary>
    /// <param name="Type">Element type.</param>
    /// <param name="Slope">Factor to real values.</param>
    /// <param name="Intercept">Summand to real values.</param>
    public sealed record Plan(TypeCode Type, double Slope, double Intercept)
    {
        /// <summary>Bytes of a voxel.</summary>
        public int BytesPerVoxel => Type switch
        {
            TypeCode.Byte => sizeof(byte),
            TypeCode.Int16 or TypeCode.UInt16 => sizeof(short),
            _ => sizeof(int),
        };

        /// <summary>A new array of the type.</summary>
        public Array Allocate(int voxels) => Type switch
        {
            TypeCode.Byte => ImageLimits.Allocate<byte>(voxels),
            TypeCode.Int16 => ImageLimits.Allocate<short>(voxels),
            TypeCode.UInt16 => ImageLimits.Allocate<ushort>(voxels),
            TypeCode.Int32 => ImageLimits.Allocate<int>(voxels),
            _ => ImageLimits.Allocate<float>(voxels),
        };
    }
}
