using MedISeg.Api.Jobs;
using MedISeg.Api.Options;
using MedISeg.Api.Segmentations;
using MedISeg.Dicom;
using MedISeg.Dicom.IO;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Routing;

/// <summary>Starts the jobs of series that have arrived.</summary>
internal sealed class Router(Inbox inbox, JobSubmission submission, ClusterLink cluster, IOptions<RoutingOptions> options, IOptions<DataOptions> data, TimeProvider time, ILogger<Router> logger) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private readonly (RoutingRule Rule, AttributeRule[] Conditions)[] _rules =
        [.. options.Value.Rules.Select(rule => (rule, rule.Match.Select(condition => new AttributeRule(condition.Key, condition.Value)).ToArray()))];

    /// <summary>Routes every series of which nothing came for the quiet time.</summary>
    public async Task RouteAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset since = time.GetUtcNow() - options.Value.QuietTime;
        foreach (string folder in inbox.QuietSince(since))
            try
            {
                await RouteAsync(folder, cancellationToken).ConfigureAwait(false);
                inbox.Remove(folder, since);
            }
            catch (SegmentationException failure)
            {
                // The queue is full, a model is missing: the series waits.
                Log.RoutingFailed(logger, failure.Code);
                inbox.Postpone(folder);
            }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Poll, time);
        do
        {
            try
            {
                if (cluster.IsLeader || data.Value.S3 is not null) await RouteAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The router must outlive a disk or a store that fails for a while.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Log.WorkerFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task RouteAsync(string folder, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> paths = Inbox.Instances(folder);
        if (Inbox.Read(folder) is not { } arrival || paths.Count == 0) return;
        DicomDataset header = DicomFile.Open(paths[0], FileReadOption.SkipLargeTags).Dataset;
        RoutingRule[] fitting = [.. _rules.Where(rule => rule.Conditions.All(condition => condition.Fits(header))).Select(rule => rule.Rule)];
        // Which instances came is part of it: a series that has grown is another one.
        string content = string.Join('|', paths.Select(Path.GetFileName));
        int started = 0;
        foreach (RoutingRule rule in fitting)
        {
            if (await submission.AcceptAsync(arrival, rule, paths, content, cancellationToken).ConfigureAwait(false)) started++;
        }
        Log.SeriesRouted(logger, paths.Count, fitting.Length, started);
    }
}
