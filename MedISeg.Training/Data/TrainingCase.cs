using System.Numerics.Tensors;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data;

/// <summary>One preprocessed image with its truth, in one block of unmanaged memory: intensities as 16-bit floats, classes as bytes.</summary>
/// <remarks>Half precision keeps 11 bits, finer than the noise of normalised intensities, and halves the memory of a data set.</remarks>
internal sealed class TrainingCase : IDisposable
{
    private readonly CaseMemory _memory;
    private readonly CaseLayout _layout;
    private readonly (float Smallest, float Largest)[] _ranges;

    /// <summary>Copies the data to native memory and lists the voxels of each foreground class.</summary>
    /// <param name="geometry">The model grid of this case.</param>
    /// <param name="channels">One array a channel, normalised, row-major (k, j, i); borrowed.</param>
    /// <param name="classes">Class number (not id) a voxel, row-major; borrowed.</param>
    /// <param name="classCount">Classes with background; every number is below it.</param>
    /// <exception cref="ArgumentException">A length is not the number of voxels.</exception>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: an intensity is too large for 16 bits.</exception>
    public TrainingCase(VolumeGeometry geometry, IReadOnlyList<float[]> channels, ReadOnlySpan<byte> classes, int classCount)
    {
        int voxels = checked((int)geometry.Grid.VoxelCount);
        if (classes.Length != voxels || channels.Any(c => c.Length != voxels))
            throw new ArgumentException("A channel or the truth has not one value a voxel.");
        Geometry = geometry;
        int[] counts = new int[classCount];
        foreach (byte c in classes) counts[c]++;
        _layout = new CaseLayout(geometry.Grid, channels.Count, counts, 0);
        _memory = CaseMemory.Allocate(_layout.End);
        for (int c = 0; c < channels.Count; c++) TensorPrimitives.ConvertToHalf(channels[c], _memory.At<Half>(_layout.Channel(c), voxels));
        _ranges = [.. channels.Select(c => ((float)(Half)TensorPrimitives.Min<float>(c), (float)(Half)TensorPrimitives.Max<float>(c)))];
        if (_ranges.Any(range => float.IsInfinity(range.Smallest) || float.IsInfinity(range.Largest)))
        {
            _memory.Dispose();
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"The prepared intensities are beyond {(float)Half.MaxValue}, the largest number that 16 bits hold; add a step such as z-score or min-max to intensity.");
        }
        classes.CopyTo(_memory.At<byte>(_layout.Classes, voxels));
        ListPlaces(classes);
    }

    /// <summary>Takes over memory that holds a case already.</summary>
    /// <param name="geometry">The model grid of this case.</param>
    /// <param name="layout">Where the parts lie in the memory.</param>
    /// <param name="ranges">Smallest and largest intensity of each channel.</param>
    /// <param name="memory">Owned from now on.</param>
    public TrainingCase(VolumeGeometry geometry, CaseLayout layout, IReadOnlyList<(float Smallest, float Largest)> ranges, CaseMemory memory)
    {
        Geometry = geometry;
        _layout = layout;
        _ranges = [.. ranges];
        _memory = memory;
    }

    /// <summary>Name to tell a user, as in the data folder; empty: made in memory.</summary>
    public string Name { get; set; } = "";

    /// <summary>The model grid.</summary>
    public VolumeGeometry Geometry { get; }

    /// <summary>Extent in voxels.</summary>
    public GridSize Grid => Geometry.Grid;

    /// <summary>Number of channels.</summary>
    public int Channels => _layout.Channels;

    /// <summary>Where the parts lie in memory.</summary>
    public CaseLayout Layout => _layout;

    /// <summary>The memory; borrowed.</summary>
    public CaseMemory Memory => _memory;

    /// <summary>Class number a voxel, row-major; borrowed.</summary>
    public ReadOnlySpan<byte> Classes => _memory.At<byte>(_layout.Classes, _layout.Voxels);

    /// <summary>Intensities of a channel, row-major; borrowed.</summary>
    public ReadOnlySpan<Half> Intensities(int channel) => _memory.At<Half>(_layout.Channel(channel), _layout.Voxels);

    /// <summary>Intensities of a channel as 32-bit floats, row-major; a copy.</summary>
    public float[] ToFloats(int channel)
    {
        float[] floats = new float[_layout.Voxels];
        TensorPrimitives.ConvertToSingle(Intensities(channel), floats);
        return floats;
    }

    /// <summary>Smallest and largest intensity of a channel.</summary>
    public (float Smallest, float Largest) Range(int channel) => _ranges[channel];

    /// <summary>Places of all voxels of a class (not background) in the row-major array; empty when it has none.</summary>
    public ReadOnlySpan<int> PlacesOf(int classNumber)
    {
        (long offset, int count) = _layout.Places(classNumber);
        return classNumber == 0 ? [] : _memory.At<int>(offset, count);
    }

    /// <inheritdoc />
    public void Dispose() => _memory.Dispose();

    private void ListPlaces(ReadOnlySpan<byte> classes)
    {
        int[] filled = new int[_layout.Counts.Count];
        for (int n = 0; n < classes.Length; n++)
        {
            int c = classes[n];
            if (c == 0) continue;
            (long offset, int count) = _layout.Places(c);
            _memory.At<int>(offset, count)[filled[c]++] = n;
        }
    }
}
