using System.Numerics.Tensors;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Resampling;

/// <summary>Filters and evaluates a spline along j and i of single planes; for one thread.</summary>
/// <remarks>Both axes are worked on in rows that lie side by side, turned in between: a recursion along a row could not use vectors.</remarks>
internal sealed class CubicPlane
{
    private readonly Volume _source;
    private readonly int _channel;
    private readonly CubicTaps _tapsJ, _tapsI;
    private readonly IntensityMap _intensity;
    private readonly bool _range, _rowsFirst;
    private readonly GridSize _size;
    private readonly float[] _a, _b;

    /// <summary>Creates one with two planes to work in.</summary>
    /// <param name="source">The image.</param>
    /// <param name="channel">Channel, from 0.</param>
    /// <param name="tapsJ">Along j.</param>
    /// <param name="tapsI">Along i.</param>
    /// <param name="intensity">Applied to source rows.</param>
    /// <param name="range">Whether the smallest and the largest value are wanted.</param>
    public CubicPlane(Volume source, int channel, CubicTaps tapsJ, CubicTaps tapsI, IntensityMap intensity, bool range)
    {
        (_source, _channel, _tapsJ, _tapsI, _intensity, _range) = (source, channel, tapsJ, tapsI, intensity, range);
        _size = source.Geometry.Grid;
        long height = _size.Height, width = _size.Width, newHeight = tapsJ.Length, newWidth = tapsI.Length;
        // Whichever order moves fewer voxels: the shrinking axis first, the growing one last.
        _rowsFirst = newHeight * (2 * width + newWidth) <= height * (2 * newWidth + width);
        long high = Math.Max(height, newHeight), wide = Math.Max(width, newWidth);
        int length = checked((int)Math.Max(high * Pitch((int)wide), wide * Pitch((int)high)));
        (_a, _b) = (new float[length], new float[length]);
    }

    /// <summary>Elements from one row to the next: multiples of 512 bytes would fall into few sets of the cache.</summary>
    public static int Pitch(int length)
    {
        const int Step = 8, Resonance = 128, Shift = 16;
        int pitch = (length + Step - 1) / Step * Step;
        return pitch % Resonance == 0 ? pitch + Shift : pitch;
    }

    /// <summary>Brings source plane k to the target's rows and columns.</summary>
    /// <param name="k">Source plane.</param>
    /// <param name="result">Shape [tapsJ.Length, tapsI.Length].</param>
    /// <returns>Smallest and largest value of the plane after the intensity map; infinite where they are not wanted.</returns>
    public (float Smallest, float Largest) Compute(int k, Span<float> result)
    {
        int height = _tapsJ.Length, width = _tapsI.Length, pitch = Pitch(_size.Width);
        (float, float) range = Read(k, pitch);
        if (_rowsFirst)
        {
            Along(_tapsJ, _a, _size.Height, pitch, _size.Width, _b, pitch);
            int turned = Pitch(height);
            PlaneTranspose.Run(_b, pitch, height, _size.Width, _a, turned);
            Along(_tapsI, _a, _size.Width, turned, height, _b, turned);
            PlaneTranspose.Run(_b, turned, width, height, result, width);
        }
        else
        {
            int turned = Pitch(_size.Height), wide = Pitch(width);
            PlaneTranspose.Run(_a, pitch, _size.Height, _size.Width, _b, turned);
            Along(_tapsI, _b, _size.Width, turned, _size.Height, _a, turned);
            PlaneTranspose.Run(_a, turned, width, _size.Height, _b, wide);
            Along(_tapsJ, _b, _size.Height, wide, width, result, width);
        }
        return range;
    }

    private static void Along(CubicTaps taps, float[] rows, int count, int pitch, int lanes, Span<float> result, int resultPitch)
    {
        BSplineFilter.Lanes(rows, count, pitch, lanes);
        for (int n = 0; n < taps.Length; n++) RowKernels.Blend(rows, pitch, taps, n, result.Slice(n * resultPitch, lanes));
    }

    private (float, float) Read(int k, int pitch)
    {
        (float smallest, float largest) = (float.NegativeInfinity, float.PositiveInfinity);
        for (int j = 0; j < _size.Height; j++)
        {
            Span<float> row = _a.AsSpan(j * pitch, _size.Width);
            _source.ReadRow(_channel, k, j, 0, row);
            _intensity.Apply(row);
            if (!_range) continue;
            float low = TensorPrimitives.Min<float>(row), high = TensorPrimitives.Max<float>(row);
            (smallest, largest) = j == 0 ? (low, high) : (Math.Min(smallest, low), Math.Max(largest, high));
        }
        return (smallest, largest);
    }
}
