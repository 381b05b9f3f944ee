using System.Runtime.ExceptionServices;
using MedISeg.Training.Data.Caching;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Data;

/// <summary>Prepared cases, in memory or mapped from a cache; owns them.</summary>
internal sealed class CaseSet : IDisposable
{
    private readonly TrainingCase?[] _cases;

    private CaseSet(int count) => _cases = new TrainingCase?[count];

    /// <summary>The cases in the order of their files.</summary>
    public IReadOnlyList<TrainingCase> Cases => [.. _cases.Select(c => c!)];

    /// <summary>Reads and prepares cases in parallel.</summary>
    /// <param name="sources">Files.</param>
    /// <param name="options">Grid, intensity steps and classes.</param>
    /// <param name="loaded">Hears of each case, from any thread.</param>
    /// <param name="cancellationToken">Checked once a case.</param>
    /// <param name="cache">Where prepared cases are and go to; null: they are held in memory.</param>
    public static CaseSet Load(
        IReadOnlyList<DatasetCase> sources, TrainOptions options, Action loaded, CancellationToken cancellationToken, CaseCache? cache = null)
    {
        CaseSet set = new(sources.Count);
        CaseLoader loader = new(options);
        try
        {
            Parallel.For(0, sources.Count, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, n =>
            {
                TrainingCase one = cache?.Open(sources[n], cancellationToken) ?? loader.Load(sources[n], cancellationToken);
                one.Name = sources[n].Name;
                set._cases[n] = one;
                loaded();
            });
            return set;
        }
        catch (Exception fault)
        {
            set.Dispose();
            // The first fault alone says what to do; the loop packs all of them into one.
            if (fault is AggregateException { InnerException: { } first }) ExceptionDispatchInfo.Capture(first).Throw();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (TrainingCase? one in _cases) one?.Dispose();
    }
}
