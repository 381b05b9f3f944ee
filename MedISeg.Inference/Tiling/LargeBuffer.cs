using System.Runtime.InteropServices;

namespace MedISeg.Inference.Tiling;

/// <summary>Floats outside the managed heap: an exact size beyond what an array can index, given back at once when it is disposed.</summary>
/// <remarks>Large pages are asked for where the system has them: the sums are read and written all over, and small pages
/// cost a look into the page table each.</remarks>
internal sealed unsafe partial class LargeBuffer : IDisposable
{
    private const int LargePage = 2 << 20, CacheLine = 64, AdviseLargePages = 14;
    private static long _liveBytes;
    private float* _floats;

    /// <summary>Allocates floats; their values are undefined.</summary>
    /// <exception cref="OutOfMemoryException">The system has not so much.</exception>
    public LargeBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        nuint bytes = checked((nuint)(length * sizeof(float)));
        bool large = bytes >= 2 * LargePage;
        _floats = (float*)NativeMemory.AlignedAlloc(bytes, large ? LargePage : (nuint)CacheLine);
        Interlocked.Add(ref _liveBytes, (long)bytes);
        // A system that refuses goes on with small pages.
        if (large && OperatingSystem.IsLinux()) _ = Advise(_floats, bytes, AdviseLargePages);
    }

    /// <summary>Bytes of all buffers that are not disposed.</summary>
    public static long LiveBytes => Interlocked.Read(ref _liveBytes);

    /// <summary>Number of floats.</summary>
    public long Length { get; }

    /// <summary>Part of the floats; valid until disposal.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part lies outside.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public Span<float> Slice(long start, int length)
    {
        ObjectDisposedException.ThrowIf(_floats is null, this);
        if (start < 0 || length < 0 || start > Length - length) throw new ArgumentOutOfRangeException(nameof(start));
        return new Span<float>(_floats + start, length);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_floats is null) return;
        Interlocked.Add(ref _liveBytes, -Length * sizeof(float));
        NativeMemory.AlignedFree(_floats);
        _floats = null;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint bytes, int advice);
}
