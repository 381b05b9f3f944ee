using System.Runtime;
using TorchSharp;

namespace MedISeg.Training.Runtime;

/// <summary>Runs work on tensors where no garbage collection can happen, inside a scope that disposes what the work made.</summary>
/// <remarks>TorchSharp passes native handles on without keeping their owners alive: a collection between reading a handle and the end of
/// the native call lets the finalizer free the object under that call. Every training or evaluation step and every loop over weights
/// therefore runs here. The region belongs to the whole process and ends when any thread allocates too much, so other threads work on
/// native memory; a region that ended early is an error, since the step was not protected.</remarks>
internal static class TorchStep
{
    /// <summary>Managed bytes that all threads together may allocate during one step.</summary>
    public const long BudgetBytes = 64L << 20;

    private static readonly Lock Gate = new();
    private static int _owner;

    /// <summary>Runs one step. Tensors that shall outlive it must be detached from the scope or moved to an outer one.</summary>
    /// <param name="body">The work; a step begun inside joins the outer one.</param>
    /// <returns>What the work returned.</returns>
    /// <exception cref="InvalidOperationException">The region could not be entered, or ended before the work did.</exception>
    public static T Run<T>(Func<T> body)
    {
        if (_owner == Environment.CurrentManagedThreadId)
        {
            using DisposeScope inner = torch.NewDisposeScope();
            return body();
        }
        lock (Gate)
        {
            if (!GC.TryStartNoGCRegion(BudgetBytes))
                throw new InvalidOperationException($"A region without garbage collection of {BudgetBytes >> 20} MiB could not be entered.");
            _owner = Environment.CurrentManagedThreadId;
            bool finished = false;
            try
            {
                T result;
                using (DisposeScope scope = torch.NewDisposeScope())
                    result = body();
                finished = true;
                return result;
            }
            finally
            {
                _owner = 0;
                Leave(finished);
            }
        }
    }

    /// <summary>Runs one step that returns nothing.</summary>
    /// <inheritdoc cref="Run{T}(Func{T})"/>
    public static void Run(Action body) => Run(() =>
    {
        body();
        return 0;
    });

    private static void Leave(bool report)
    {
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
        {
            GC.EndNoGCRegion();
            return;
        }
        if (report)
            throw new InvalidOperationException(
                $"A garbage collection ran inside a step: more than {BudgetBytes >> 20} MiB were allocated meanwhile, perhaps by another " +
                "thread. The step was not protected; its result must not be used.");
    }
}
