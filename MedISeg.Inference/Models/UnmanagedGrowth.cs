using MedISeg.Inference.Reports;
using MedISeg.Inference.Tiling;

namespace MedISeg.Inference.Models;

/// <summary>Notices when memory that nobody in .NET holds grows from run to run. Safe for several threads.</summary>
internal sealed class UnmanagedGrowth
{
    private const double Factor = 1.5;
    private const long SlackBytes = 512L << 20;
    private readonly Lock _gate = new();
    private long? _smallest;

    /// <summary>Resident memory of this process without the managed heap and buffers of runs under way; 0 where the system does not tell.</summary>
    public static long Bytes => Math.Max(0, ProcessMemory.ResidentBytes - GC.GetGCMemoryInfo().TotalCommittedBytes - LargeBuffer.LiveBytes);

    /// <summary>Takes the bytes after a run.</summary>
    /// <returns>Whether they are half again as much as the least so far, and 512 MiB; counting starts anew then.</returns>
    public bool Note(long bytes)
    {
        lock (_gate)
        {
            if (bytes <= 0) return false;
            if (_smallest is not { } smallest || bytes < smallest)
            {
                _smallest = bytes;
                return false;
            }
            if (bytes <= smallest * Factor + SlackBytes) return false;
            _smallest = null;
            return true;
        }
    }
}
