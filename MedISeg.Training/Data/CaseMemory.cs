using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace MedISeg.Training.Data;

/// <summary>A block of unmanaged memory that holds one case: allocated, or a file mapped into memory, whose pages the system fetches when they
/// are read and drops when memory is short.</summary>
internal sealed unsafe class CaseMemory : IDisposable
{
    private readonly MemoryMappedViewAccessor? _view;
    private byte* _start;

    private CaseMemory(byte* start, long length, MemoryMappedViewAccessor? view)
    {
        _start = start;
        Length = length;
        _view = view;
    }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>Allocates zeros.</summary>
    /// <param name="length">Bytes, at least 1.</param>
    public static CaseMemory Allocate(long length) => new((byte*)NativeMemory.AllocZeroed(checked((nuint)length)), length, null);

    /// <summary>Maps a file for reading; it must not be changed or cut while it is mapped, but may be replaced by another.</summary>
    /// <exception cref="IOException">It cannot be opened or is empty.</exception>
    public static CaseMemory Map(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        long length = file.Length;
        if (length == 0) throw new EndOfStreamException("An empty file cannot be mapped.");
        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        MemoryMappedViewAccessor view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        return new CaseMemory(start + view.PointerOffset, length, view);
    }

    /// <summary>A part of the block; borrowed, valid until disposal. Mapped memory must not be written.</summary>
    /// <param name="offset">Bytes from the start.</param>
    /// <param name="count">Elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in the block.</exception>
    /// <exception cref="ObjectDisposedException">Already disposed.</exception>
    public Span<T> At<T>(long offset, int count) where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)count * sizeof(T), Length - offset);
        return new Span<T>(_start + offset, count);
    }

    /// <summary>Reads the block from a place on; valid until disposal.</summary>
    public Stream Read(long offset) => new UnmanagedMemoryStream(_start + offset, Length - offset);

    /// <inheritdoc />
    public void Dispose()
    {
        if (_start is null) return;
        if (_view is null)
        {
            NativeMemory.Free(_start);
        }
        else
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
        }
        _start = null;
    }
}
