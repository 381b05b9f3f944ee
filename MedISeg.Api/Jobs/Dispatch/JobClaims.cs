using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Api.Telemetry;
using MedISeg.Inference.Models;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Jobs.Dispatch;

/// <summary>Finds the next job for this process: by a token of the broker, or while that is away, or there is none, in the store itself. For one
/// thread at a time.</summary>
internal sealed class JobClaims(
    JobStore store, Broker broker, ModelCatalog models, ServiceMetrics metrics, IOptions<JobOptions> options, TimeProvider time)
{
    /// <summary>How long the names of packages whose queues are looked into are good for.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    /// <summary>How often the store is looked into all the same: where no process leads nobody publishes tokens that are missing.</summary>
    private static readonly TimeSpan Distrust = TimeSpan.FromSeconds(30);

    private List<string> _names = [];
    private long? _named;
    private long _looked = time.GetTimestamp();

    /// <summary>Whether tokens say what waits.</summary>
    public bool UsesTokens => broker.Link is not null;

    /// <summary>Takes the next job of the highest priority: it runs.</summary>
    /// <param name="busy">Names of packages that may not have one more here.</param>
    /// <returns>The job, and its token for when its outcome is stored; no job: none waits.</returns>
    public (JobRecord? Job, Token? Token) Next(IReadOnlyCollection<string> busy)
    {
        if (broker.Link is not { } link) return (store.Claim(busy, options.Value.Models), null);
        foreach (PriorityClass priorities in Enum.GetValues<PriorityClass>())
            foreach (string model in Names().Except(busy).ToArray())
                while (Take(link, new JobQueue(model, priorities)) is { } token)
                {
                    JobRecord? job = null;
                    try
                    {
                        job = store.Claim(new JobQueue(model, priorities));
                        metrics.Took(job is not null);
                    }
                    finally
                    {
                        // Also when the store fails: the process that leads publishes anew what still waits.
                        if (job is null) token.Done();
                    }
                    if (job is null) continue;
                    // The next time other packages come first.
                    _names.Remove(model);
                    _names.Add(model);
                    return (job, token);
                }
        if (link.Broken.IsCompleted) return Next(busy);
        if (time.GetElapsedTime(_looked) < Distrust) return (null, null);
        _looked = time.GetTimestamp();
        return (store.Claim(busy, options.Value.Models), null);
    }

    private static Token? Take(BrokerLink link, JobQueue queue)
    {
        if (link.Broken.IsCompleted) return null;
        try
        {
            return link.Take(queue);
        }
        catch (Exception failure) when (BrokerLink.IsFailure(failure))
        {
            link.Break(failure);
            return null;
        }
    }

    /// <summary>Packages that are here, and those whose jobs wait though they are not: who has one says what is wrong with it.</summary>
    private List<string> Names()
    {
        if (_named is { } at && time.GetElapsedTime(at) < Fresh) return _names;
        string[] names = [.. models.Models.Select(model => model.Name).Union(store.QueuedModels()).Where(options.Value.Serves)];
        _names = [.. _names.Intersect(names).Union(names.Order(StringComparer.Ordinal))];
        _named = time.GetTimestamp();
        return _names;
    }
}
