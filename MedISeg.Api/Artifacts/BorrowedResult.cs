namespace MedISeg.Api.Artifacts;

/// <summary>A result that can be read until it is disposed of.</summary>
/// <param name="folder">Folder of its files.</param>
/// <param name="giveBack">Called once.</param>
internal sealed class BorrowedResult(string folder, Action giveBack) : IDisposable
{
    private Action? _giveBack = giveBack;

    /// <summary>Folder of its files.</summary>
    public string Folder => folder;

    /// <inheritdoc />
    public void Dispose() => Interlocked.Exchange(ref _giveBack, null)?.Invoke();
}
