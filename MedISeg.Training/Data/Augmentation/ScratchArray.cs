namespace MedISeg.Training.Data.Augmentation;

/// <summary>Native memory that grows to the largest length asked for and is used again.</summary>
/// <typeparam name="T">Element.</typeparam>
internal sealed class ScratchArray<T> : IDisposable where T : unmanaged
{
    private NativeArray<T>? _memory;

    /// <summary>Memory with undefined contents, valid until the next call.</summary>
    /// <param name="length">Elements, at least 1.</param>
    public Span<T> Take(int length)
    {
        if (_memory is null || _memory.Length < length)
        {
            _memory?.Dispose();
            _memory = new NativeArray<T>(length);
        }
        return _memory.Span[..length];
    }

    /// <inheritdoc />
    public void Dispose() => _memory?.Dispose();
}
