using System.Numerics.Tensors;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data.Augmentation;

/// <summary>Reads a window of a case as if the whole case had been resampled to another size: cubic for intensities, linear for classes.</summary>
/// <remarks>Only the part of the case around the window is filtered. The spline's coefficients forget the cut at a rate of 0.27 a voxel:
/// <see cref="Margin"/> voxels further on less than a ten-millionth of it is left.</remarks>
internal sealed class ScaledReader : IDisposable
{
    /// <summary>Voxels read around the window on each side.</summary>
    public const int Margin = 14;

    private readonly ScratchArray<float> _region = new(), _rows = new(), _planes = new();

    /// <summary>Fills a window.</summary>
    /// <param name="source">The case.</param>
    /// <param name="scaled">Extent that the case is resampled to.</param>
    /// <param name="start">First voxel of the window on the scaled grid; it may reach outside, where everything is 0.</param>
    /// <param name="window">Extent of the window.</param>
    /// <param name="image">Receives [channels, depth, height, width].</param>
    /// <param name="classes">Receives [depth, height, width].</param>
    public void Read(TrainingCase source, GridSize scaled, VoxelIndex start, GridSize window, Span<float> image, Span<byte> classes)
    {
        image.Clear();
        classes.Clear();
        Axis k = new(start.K, window.Depth, scaled.Depth, source.Grid.Depth);
        Axis j = new(start.J, window.Height, scaled.Height, source.Grid.Height);
        Axis i = new(start.I, window.Width, scaled.Width, source.Grid.Width);
        if (k.Count <= 0 || j.Count <= 0 || i.Count <= 0) return;
        int voxels = checked((int)window.VoxelCount), place = (int)window.Offset(k.First - start.K, j.First - start.J, i.First - start.I);
        CubicTaps tapsK = k.Cubic(), tapsJ = j.Cubic(), tapsI = i.Cubic();
        for (int channel = 0; channel < source.Channels; channel++)
            ReadChannel(source, channel, (k, tapsK), (j, tapsJ), (i, tapsI), image.Slice(channel * voxels + place, voxels - place), window);
        ClassResampler.Fill(source.Classes, source.Grid, k.Linear(), j.Linear(), i.Linear(), classes, place, window.Width, window.Height * window.Width);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _region.Dispose();
        _rows.Dispose();
        _planes.Dispose();
    }

    private void ReadChannel(
        TrainingCase source, int channel, (Axis Axis, CubicTaps Taps) k, (Axis Axis, CubicTaps Taps) j, (Axis Axis, CubicTaps Taps) i,
        Span<float> target, GridSize window)
    {
        int depth = k.Axis.RegionLength, height = j.Axis.RegionLength, columns = i.Axis.RegionLength, width = i.Taps.Length, plane = j.Taps.Length * width;
        Span<float> row = _region.Take(columns), rows = _rows.Take(height * width), planes = _planes.Take(depth * plane);
        ReadOnlySpan<Half> values = source.Intensities(channel);
        for (int z = 0; z < depth; z++)
        {
            for (int y = 0; y < height; y++)
            {
                int from = (int)source.Grid.Offset(k.Axis.RegionStart + z, j.Axis.RegionStart + y, i.Axis.RegionStart);
                TensorPrimitives.ConvertToSingle(values.Slice(from, columns), row);
                BSplineFilter.Line(row);
                RowKernels.Sample(row, i.Taps, rows.Slice(y * width, width));
            }
            BSplineFilter.Lanes(rows, height, width, width);
            for (int y = 0; y < j.Taps.Length; y++) RowKernels.Blend(rows, width, j.Taps, y, planes.Slice(z * plane + y * width, width));
        }
        (float smallest, float largest) = source.Range(channel);
        for (int y = 0; y < j.Taps.Length; y++)
        {
            Span<float> lines = planes[(y * width)..];
            BSplineFilter.Lanes(lines, depth, plane, width);
            for (int z = 0; z < k.Taps.Length; z++)
            {
                Span<float> result = target.Slice((z * window.Height + y) * window.Width, width);
                RowKernels.Blend(lines, plane, k.Taps, z, result);
                TensorPrimitives.Max(result, smallest, result);
                TensorPrimitives.Min(result, largest, result);
            }
        }
    }

    /// <summary>The part of one axis that is needed.</summary>
    private readonly struct Axis
    {
        private readonly int _sourceLength;
        private readonly double _scale, _offset;

        public Axis(int start, int count, int scaled, int sourceLength)
        {
            First = Math.Max(0, start);
            Count = Math.Min(scaled, start + count) - First;
            _sourceLength = sourceLength;
            _scale = (double)sourceLength / scaled;
            _offset = (First + 0.5) * _scale - 0.5;
            RegionStart = Math.Max(0, (int)Math.Floor(_offset) - 1 - Margin);
            RegionLength = Math.Min(sourceLength, (int)Math.Floor(_offset + _scale * Math.Max(0, Count - 1)) + 3 + Margin) - RegionStart;
        }

        /// <summary>First voxel of the window inside the scaled grid.</summary>
        public int First { get; }

        /// <summary>Voxels of the window inside; not above 0: none.</summary>
        public int Count { get; }

        /// <summary>First source voxel that is read.</summary>
        public int RegionStart { get; }

        /// <summary>Source voxels that are read.</summary>
        public int RegionLength { get; }

        public CubicTaps Cubic() => CubicTaps.Create(Count, RegionLength, _scale, _offset - RegionStart);

        public LinearAxis Linear() => new(Count, _sourceLength, _scale, _offset);
    }
}
