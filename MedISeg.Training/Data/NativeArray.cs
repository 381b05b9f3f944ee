using System.Runtime.InteropServices;

namespace MedISeg.Training.Data;

/// <summary>An exact block of unmanaged memory: the collector neither moves nor counts it.</summary>
/// <typeparam name="T">Element.</typeparam>
internal sealed unsafe class NativeArray<T> : IDisposable where T : unmanaged
{
    private T* _memory;

    /// <summary>Allocates zeros.</summary>
    /// <param name="length">Elements, at least 1.</param>
    public NativeArray(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        _memory = (T*)NativeMemory.AllocZeroed((nuint)length, (nuint)sizeof(T));
        Length = length;
    }

    /// <summary>Elements.</summary>
    public int Length { get; }

    /// <summary>The elements; borrowed, valid until disposal.</summary>
    /// <exception cref="ObjectDisposedException">Already disposed.</exception>
    public Span<T> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory is null, this);
            return new Span<T>(_memory, Length);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}
