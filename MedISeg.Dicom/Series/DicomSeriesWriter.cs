using System.Buffers.Binary;
using System.Globalization;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Series;

/// <summary>Writes a volume as a series of single-frame objects, e.g. a phantom as CT.</summary>
public static class DicomSeriesWriter
{
    /// <summary>How far from a right angle axes may be (cosine): a slice has no way to say more.</summary>
    private const double RightAngle = 1e-4;

    /// <summary>Writes one file a slice, <c>0000.dcm</c> and on, in ascending position along the normal.</summary>
    /// <param name="folder">Created where it is missing.</param>
    /// <param name="volume">One channel of whole numbers from -32768 to 65535 that fit 16 bits; slope and intercept become the rescale. Its
    /// three axes are perpendicular; a left-handed grid is written from its last plane to its first, so that every voxel keeps its place.</param>
    /// <param name="template">Patient, study, series, modality, frame of reference and whatever else each slice shall hold. What a CT (the
    /// default), MR or secondary capture object needs and the template lacks is filled in: UIDs are made, other values are empty or plain
    /// defaults.</param>
    /// <exception cref="ArgumentException">The volume has several channels, values that are not such numbers, or axes that are not
    /// perpendicular.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(string folder, Volume volume, DicomDataset template)
    {
        if (volume.Channels != 1) throw new ArgumentException("A series of slices holds one channel.", nameof(volume));
        VolumeGeometry geometry = Upright(volume.Geometry, out bool reversed);
        GridSize grid = geometry.Grid;
        SliceValues values = new(volume);
        SeriesTemplate common = new(template, geometry, volume.Slope, volume.Intercept, values.IsSigned);
        Directory.CreateDirectory(folder);
        byte[] pixels = new byte[checked(grid.Height * grid.Width * sizeof(ushort))];
        for (int n = 0; n < grid.Depth; n++)
        {
            values.Read(reversed ? grid.Depth - 1 - n : n, pixels);
            DicomDataset slice = common.Slice(n).AddOrUpdate(DicomVR.Parse("OW"), DicomTag.PixelData, pixels);
            using FileStream output = File.Create(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{n:0000}.dcm")));
            new DicomFile(slice).Save(output);
        }
    }

    /// <summary>The grid with k along the normal.</summary>
    private static VolumeGeometry Upright(VolumeGeometry geometry, out bool reversed)
    {
        Affine map = geometry.IndexToPatient;
        for (int axis = 0; axis < 3; axis++)
        {
            Vector3D a = map.Column(axis), b = map.Column((axis + 1) % 3);
            if (Math.Abs(a.Dot(b)) > RightAngle * a.Length * b.Length)
                throw new ArgumentException("The volume's axes are not perpendicular; resample it before it is written as slices.", nameof(geometry));
        }
        reversed = map.Determinant < 0;
        return reversed ? new AxisOrientation(0, true, 1, false, 2, false).Apply(geometry) : geometry;
    }

    /// <summary>Stored values of a volume as 16-bit words.</summary>
    private sealed class SliceValues
    {
        private readonly Volume _volume;
        private readonly double[] _row;

        public SliceValues(Volume volume)
        {
            _volume = volume;
            _row = new double[volume.Geometry.Grid.Width];
            double low = 0, high = 0;
            for (int start = 0; start < volume.Stored(0).Length; start += _row.Length)
                foreach (double value in Row(start))
                {
                    if (value != Math.Floor(value) || value is not (>= short.MinValue and <= ushort.MaxValue))
                        throw new ArgumentException("Slices hold whole numbers of 16 bits; the volume has others.", nameof(volume));
                    (low, high) = (Math.Min(low, value), Math.Max(high, value));
                }
            IsSigned = low < 0;
            if (IsSigned && high > short.MaxValue)
                throw new ArgumentException("The volume's values need more than 16 bits.", nameof(volume));
        }

        /// <summary>Whether a value is negative.</summary>
        public bool IsSigned { get; }

        /// <summary>Reads a plane as little endian words.</summary>
        public void Read(int k, byte[] words)
        {
            int plane = words.Length / sizeof(ushort);
            for (int at = 0; at < plane; at += _row.Length)
            {
                ReadOnlySpan<double> row = Row(k * plane + at);
                for (int n = 0; n < row.Length; n++)
                    BinaryPrimitives.WriteUInt16LittleEndian(words.AsSpan((at + n) * sizeof(ushort)), unchecked((ushort)(int)row[n]));
            }
        }

        private ReadOnlySpan<double> Row(int start)
        {
            switch (Type.GetTypeCode(_volume.VoxelType))
            {
                case TypeCode.Byte: Copy<byte>(start); break;
                case TypeCode.Int16: Copy<short>(start); break;
                case TypeCode.UInt16: Copy<ushort>(start); break;
                case TypeCode.Int32: Copy<int>(start); break;
                case TypeCode.Single: Copy<float>(start); break;
                default: Copy<double>(start); break;
            }
            return _row;
        }

        private void Copy<T>(int start) where T : unmanaged, System.Numerics.INumber<T>
        {
            ReadOnlySpan<T> stored = _volume.Voxels<T>(0).Slice(start, _row.Length);
            for (int n = 0; n < stored.Length; n++) _row[n] = double.CreateTruncating(stored[n]);
        }
    }
}
