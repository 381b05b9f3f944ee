using System.Numerics.Tensors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data;

/// <summary>One preprocessed image with its truth, in native memory: intensities as 16-bit floats, classes as bytes.</summary>
/// <remarks>Half precision keeps 11 bits, finer than the noise of normalised intensities, and halves the memory of a data set.</remarks>
internal sealed class TrainingCase : IDisposable
{
    private readonly NativeArray<Half>[] _channels;
    private readonly NativeArray<byte> _classes;
    private readonly NativeArray<int>?[] _places;
    private readonly (float, float)[] _ranges;

    /// <summary>Copies the data to native memory and lists the voxels of each foreground class.</summary>
    /// <param name="geometry">The model grid of this case.</param>
    /// <param name="channels">One array a channel, normalised, row-major (k, j, i); borrowed.</param>
    /// <param name="classes">Class number (not id) a voxel, row-major; borrowed.</param>
    /// <param name="classCount">Classes with background; every number is below it.</param>
    /// <exception cref="ArgumentException">A length is not the number of voxels.</exception>
    public TrainingCase(VolumeGeometry geometry, IReadOnlyList<float[]> channels, ReadOnlySpan<byte> classes, int classCount)
    {
        int voxels = checked((int)geometry.Grid.VoxelCount);
        if (classes.Length != voxels || channels.Any(c => c.Length != voxels))
            throw new ArgumentException("A channel or the truth has not one value a voxel.");
        Geometry = geometry;
        _channels = [.. channels.Select(_ => new NativeArray<Half>(voxels))];
        for (int c = 0; c < channels.Count; c++) TensorPrimitives.ConvertToHalf(channels[c], _channels[c].Span);
        _ranges = [.. channels.Select(c => ((float)(Half)TensorPrimitives.Min<float>(c), (float)(Half)TensorPrimitives.Max<float>(c)))];
        _classes = new NativeArray<byte>(voxels);
        classes.CopyTo(_classes.Span);
        _places = ListPlaces(classes, classCount);
    }

    /// <summary>Name to tell a user, as in the data folder; empty: made in memory.</summary>
    public string Name { get; set; } = "";

    /// <summary>The model grid.</summary>
    public VolumeGeometry Geometry { get; }

    /// <summary>Extent in voxels.</summary>
    public GridSize Grid => Geometry.Grid;

    /// <summary>Number of channels.</summary>
    public int Channels => _channels.Length;

    /// <summary>Class number a voxel, row-major; borrowed.</summary>
    public ReadOnlySpan<byte> Classes => _classes.Span;

    /// <summary>Intensities of a channel, row-major; borrowed.</summary>
    public ReadOnlySpan<Half> Intensities(int channel) => _channels[channel].Span;

    /// <summary>Smallest and largest intensity of a channel.</summary>
    public (float Smallest, float Largest) Range(int channel) => _ranges[channel];

    /// <summary>Places of all voxels of a class (not background) in the row-major array; empty when it has none.</summary>
    public ReadOnlySpan<int> PlacesOf(int classNumber) => _places[classNumber] is { } places ? places.Span : [];

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (NativeArray<Half> channel in _channels) channel.Dispose();
        foreach (NativeArray<int>? places in _places) places?.Dispose();
        _classes.Dispose();
    }

    private static NativeArray<int>?[] ListPlaces(ReadOnlySpan<byte> classes, int classCount)
    {
        int[] counts = new int[classCount];
        foreach (byte c in classes) counts[c]++;
        NativeArray<int>?[] places = [.. counts.Select((count, c) => c == 0 || count == 0 ? null : new NativeArray<int>(count))];
        int[] filled = new int[classCount];
        for (int n = 0; n < classes.Length; n++)
            if (places[classes[n]] is { } list) list.Span[filled[classes[n]]++] = n;
        return places;
    }
}
