using System.Diagnostics.Metrics;
using System.Text.Json;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Dispatch;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Api.SystemInformation;
using MedISeg.Dicom.Pixels;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using MedISeg.Inference.Reports;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Telemetry;

/// <summary>Numbers of this service. Labels have few values: names of models, archives and webhooks of the configuration, stages, states and codes of ours.</summary>
internal sealed class ServiceMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "MedISeg";

    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1800, 3600] };

    private static readonly InstrumentAdvice<long> Bytes = new() { HistogramBucketBoundaries = [.. Enumerable.Range(26, 11).Select(power => 1L << power)] };

    private readonly Counter<long> _ended, _calls, _deliveries, _notifications, _tokens;
    private readonly Histogram<double> _waiting, _duration, _stages;
    private readonly Histogram<long> _estimates;

    /// <summary>Creates the instruments.</summary>
    public ServiceMetrics(IMeterFactory meters, JobStore store, ModelCatalog models, FrameDecoder decoder, ControlGroup group, Broker broker, IOptions<JobOptions> jobs)
    {
        Meter meter = meters.Create(MeterName);
        _ended = meter.CreateCounter<long>("mediseg.jobs.ended", "{job}", "Jobs that ended, by state; those that failed by their code.");
        _waiting = meter.CreateHistogram("mediseg.job.waiting", "s", "Time from acceptance to the first start.", advice: Seconds);
        _duration = meter.CreateHistogram("mediseg.job.duration", "s", "Time from the start to the end of a job.", advice: Seconds);
        _stages = meter.CreateHistogram("mediseg.stage.duration", "s", "Time of the stages of jobs that succeeded.", advice: Seconds);
        _calls = meter.CreateCounter<long>("mediseg.network.calls", "{call}", "Network calls that jobs which succeeded were planned with: patches x views x members.");
        _estimates = meter.CreateHistogram("mediseg.memory.estimate", "By", "Estimated memory of jobs that were started.", advice: Bytes);
        _deliveries = meter.CreateCounter<long>("mediseg.deliveries", "{delivery}", "Deliveries to archives that were tried, by outcome.");
        _tokens = meter.CreateCounter<long>("mediseg.tokens", "{token}", "Tokens that were taken from the broker, by whether a job waited.");
        if (broker.IsConfigured)
            meter.CreateObservableGauge("mediseg.broker.connected", () => broker.Link is null ? 0 : 1, "{connection}", "Whether the broker is there: 1, or 0.");
        _notifications = meter.CreateCounter<long>("mediseg.notifications", "{notification}", "Notifications of webhooks that were tried, by outcome.");
        meter.CreateObservableGauge("mediseg.jobs", () => States(store), "{job}", "Jobs in the store, by state.");
        meter.CreateObservableGauge("mediseg.queue.limit", () => jobs.Value.QueueLength, "{job}", "Most jobs that may wait.");
        meter.CreateObservableGauge("mediseg.models", () => models.Models.Count, "{package}", "Packages that are served.");
        meter.CreateObservableGauge("mediseg.decoder.processes", () => decoder.Processes, "{process}", "Child processes that decode or wait for work.");
        meter.CreateObservableGauge("mediseg.memory.resident", () => ProcessMemory.ResidentBytes, "By", "Resident set of the process.");
        meter.CreateObservableGauge("mediseg.memory.peak", () => ProcessMemory.PeakBytes, "By", "Largest resident set so far.");
        meter.CreateObservableGauge("mediseg.memory.limit", () => group.MemoryBytes ?? 0, "By", "Memory limit of the control group; 0: none.");
    }

    /// <summary>Counts a job that was started.</summary>
    public void Started(JobRecord job, MemoryEstimate estimate)
    {
        _estimates.Record(estimate.TotalBytes, Model(job));
        if (job is { Attempts: 1, StartedAt: { } start }) _waiting.Record(Math.Max(0, (start - job.CreatedAt).TotalSeconds), Model(job));
    }

    /// <summary>Counts the network calls and stages of a job that succeeded.</summary>
    /// <param name="job">The job.</param>
    /// <param name="calls">Its network calls.</param>
    /// <param name="timingsMs">Milliseconds a stage.</param>
    public void Ran(JobRecord job, long calls, IReadOnlyDictionary<string, double> timingsMs)
    {
        _calls.Add(calls, Model(job));
        foreach ((string stage, double ms) in timingsMs) _stages.Record(ms / 1000, Model(job), new("stage", stage));
    }

    /// <summary>Counts a job that ended.</summary>
    /// <param name="job">The job.</param>
    /// <param name="state">Succeeded, failed or cancelled; queued: it was put back; null: another worker has taken it over.</param>
    /// <param name="code">Why it failed; null: it did not.</param>
    /// <param name="elapsed">Time since its start.</param>
    public void Ended(JobRecord job, JobState? state, ErrorCode? code, TimeSpan elapsed)
    {
        KeyValuePair<string, object?> how = state is { } known ? State(known) : new("state", "lost");
        _ended.Add(1, Model(job), how, new("code", code is null ? "" : Kebab(code.Value)));
        _duration.Record(elapsed.TotalSeconds, Model(job), how);
    }

    /// <summary>Counts a token that was taken from the broker.</summary>
    /// <param name="waited">Whether a job waited.</param>
    public void Took(bool waited) => _tokens.Add(1, new KeyValuePair<string, object?>("found", waited ? "job" : "none"));

    /// <summary>Starts to count the deliveries of an archive, so that the first one is a change and not a beginning.</summary>
    public void Serves(string archive)
    {
        foreach (DeliveryState state in Enum.GetValues<DeliveryState>()) _deliveries.Add(0, new("pacs", archive), new("state", Kebab(state)));
    }

    /// <summary>Counts a delivery that was tried.</summary>
    /// <param name="archive">Name of the archive.</param>
    /// <param name="state">Delivered, dead-lettered, or pending: it is tried again.</param>
    public void Delivered(string archive, DeliveryState state) => _deliveries.Add(1, new("pacs", archive), new("state", Kebab(state)));

    /// <summary>Starts to count the notifications of a webhook's target.</summary>
    public void Notifies(string target)
    {
        foreach (DeliveryState state in Enum.GetValues<DeliveryState>()) _notifications.Add(0, new("webhook", target), new("state", Kebab(state)));
    }

    /// <summary>Counts a notification that was tried.</summary>
    /// <param name="target">Name of the target.</param>
    /// <param name="state">Delivered, dead-lettered, or pending: it is tried again.</param>
    public void Notified(string target, DeliveryState state) => _notifications.Add(1, new("webhook", target), new("state", Kebab(state)));

    private static IEnumerable<Measurement<int>> States(JobStore store)
    {
        IReadOnlyDictionary<JobState, int> counts = store.CountByState();
        // A state without jobs is 0, not absent.
        return Enum.GetValues<JobState>().Select(state => new Measurement<int>(counts.GetValueOrDefault(state), State(state)));
    }

    private static KeyValuePair<string, object?> Model(JobRecord job) => new("model", job.ModelName);

    private static KeyValuePair<string, object?> State(JobState state) => new("state", Kebab(state));

    private static string Kebab<T>(T value) where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
