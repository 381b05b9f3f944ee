using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data;

/// <summary>Where the parts of a case lie in its block of memory: channels, classes, places of each foreground class; each part at a multiple
/// of 64 bytes.</summary>
internal sealed class CaseLayout
{
    private const int Alignment = 64;
    private readonly long[] _channels, _places;
    private readonly int[] _counts;

    /// <summary>Lays a case out.</summary>
    /// <param name="grid">Extent in voxels; their number fits into 31 bits.</param>
    /// <param name="channels">At least 1.</param>
    /// <param name="counts">Voxels of each class; those of background are not listed.</param>
    /// <param name="start">Offset of the first part, a multiple of 64.</param>
    public CaseLayout(GridSize grid, int channels, IReadOnlyList<int> counts, long start)
    {
        long end = start;
        long Next(long bytes)
        {
            long at = end;
            end = checked(end + (bytes + Alignment - 1) / Alignment * Alignment);
            return at;
        }
        Start = start;
        Voxels = checked((int)grid.VoxelCount);
        _counts = [.. counts];
        _channels = [.. Enumerable.Range(0, channels).Select(_ => Next(2L * Voxels))];
        Classes = Next(Voxels);
        _places = [.. _counts.Select((count, c) => c == 0 ? 0 : Next(4L * count))];
        End = end;
    }

    /// <summary>Offset of the first part.</summary>
    public long Start { get; }

    /// <summary>Offset behind the last part.</summary>
    public long End { get; }

    /// <summary>Voxels of the case.</summary>
    public int Voxels { get; }

    /// <summary>Offset of the class numbers.</summary>
    public long Classes { get; }

    /// <summary>Number of channels.</summary>
    public int Channels => _channels.Length;

    /// <summary>Voxels of each class.</summary>
    public IReadOnlyList<int> Counts => _counts;

    /// <summary>Offset of a channel's intensities.</summary>
    public long Channel(int channel) => _channels[channel];

    /// <summary>Offset and number of the places of a foreground class.</summary>
    public (long Offset, int Count) Places(int classNumber) => (_places[classNumber], _counts[classNumber]);
}
