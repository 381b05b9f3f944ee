using System.Runtime.ExceptionServices;

namespace MedISeg.Inference.Tiling;

/// <summary>A thread that does one piece of work at a time beside its owner; without a thread the owner does it itself.</summary>
internal sealed class Companion : IDisposable
{
    private readonly Thread? _thread;
    private readonly SemaphoreSlim _given = new(0), _done = new(0);
    private Action? _work;
    private ExceptionDispatchInfo? _error;
    private bool _busy;

    /// <summary>Starts the thread if there is to be one.</summary>
    public Companion(bool hasThread)
    {
        if (!hasThread) return;
        _thread = new Thread(Serve) { IsBackground = true, Name = "MedISeg patches" };
        _thread.Start();
    }

    /// <summary>Gives work; the work before must have been waited for.</summary>
    public void Start(Action work)
    {
        if (_thread is null)
        {
            work();
            return;
        }
        _work = work;
        _busy = true;
        _given.Release();
    }

    /// <summary>Waits for the work and throws what it threw.</summary>
    public void Wait()
    {
        if (!_busy) return;
        _done.Wait();
        _busy = false;
        _error?.Throw();
    }

    /// <summary>Ends the thread after its work, which may have failed.</summary>
    public void Dispose()
    {
        if (_thread is not null)
        {
            if (_busy) _done.Wait();
            _work = null;
            _given.Release();
            _thread.Join();
        }
        _given.Dispose();
        _done.Dispose();
    }

    private void Serve()
    {
        while (true)
        {
            _given.Wait();
            if (_work is null) return;
            try
            {
                _work();
            }
#pragma warning disable CA1031 // Whatever it is, the owner throws it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _error = ExceptionDispatchInfo.Capture(e);
            }
            _done.Release();
        }
    }
}
