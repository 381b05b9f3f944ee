namespace MedISeg.Training.Runtime;

/// <summary>Cancels when the process that started this one goes away: the other end of standard input closes, however it ended.</summary>
internal sealed class ParentWatch : IDisposable
{
    private readonly CancellationTokenSource _source;

    /// <summary>Starts to watch.</summary>
    /// <param name="watch">Whether to watch at all.</param>
    /// <param name="cancellationToken">Cancels as well.</param>
    public ParentWatch(bool watch, CancellationToken cancellationToken)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!watch) return;
        Stream input = Console.OpenStandardInput();
        byte[] buffer = new byte[1];
        // It waits in the read and allocates nothing until the end: training steps run without collections.
        new Thread(() =>
        {
            while (input.Read(buffer) > 0)
            {
            }
            try
            {
                _source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The work was done before.
            }
        })
        { IsBackground = true, Name = "parent watch" }.Start();
    }

    /// <summary>Cancelled by either.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc />
    public void Dispose() => _source.Dispose();
}
