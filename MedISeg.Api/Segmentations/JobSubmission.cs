using System.Diagnostics;
using MedISeg.Api.Artifacts;
using MedISeg.Api.Auth;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Dispatch;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Api.Pacs;
using MedISeg.Api.Results;
using MedISeg.Api.Routing;
using MedISeg.Api.Uploads;
using MedISeg.Api.Webhooks;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;

namespace MedISeg.Api.Segmentations;

/// <summary>Turns a request into an accepted job: checks, streams, flushes, and only then writes the row.</summary>
internal sealed class JobSubmission(
    JobStore store, JobFiles files, JobArtifacts artifacts, JobCleanup cleanup, JobSignal signal, Dispatcher dispatcher, UploadReader uploads, ModelChoice choice, ServerDefaults defaults,
    ResultFormats formats, WebhookTargets webhooks, AuditTrail audit, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly string[] KnownParameters = ["model", "options", "notify", "format"];

    /// <summary>Form part and query parameter with the names of webhooks.</summary>
    private const string Notify = "notify";

    /// <summary>Accepts a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="id">Id of the job to be.</param>
    /// <returns>The job; as far as its kind of image is known, the answer that the request accepts can be made.</returns>
    /// <exception cref="SegmentationException">The request is refused; nothing of it is left.</exception>
    public async Task<JobRecord> AcceptAsync(HttpContext context, string id)
    {
        HttpRequest request = context.Request;
        CancellationToken cancellationToken = context.RequestAborted;
        uploads.CheckHeaders(request);
        CheckParameters(request.Query, KnownParameters);
        string owner = Caller.Of(context.User);
        await CheckOpenAsync(owner, cancellationToken).ConfigureAwait(false);
        // A body that is no form says everything else in its address: refuse before it is sent.
        if (!BodyTypes.IsForm(request))
        {
            Resolve(request, Upload.None);
            webhooks.Choose(One(request, Notify, null), owner);
        }
        return await OrDropAsync(id, async () =>
        {
            Upload upload = await uploads.ReadAsync(request, id).ConfigureAwait(false);
            ModelManifest manifest = Resolve(request, upload);
            IReadOnlyList<string> notified = webhooks.Choose(One(request, Notify, upload.Notify), owner);
            InputOrder order = InputOrder.Of(upload.Files, manifest);
            // A stack of pages that a 3-D model takes is a volume: its result is no picture.
            InputKind kind = upload.Files[0].Kind is InputKind.Raster && manifest.Dimensionality == 3 ? InputKind.Nifti : upload.Files[0].Kind;
            formats.Choose(request.Query["format"], request.Headers.Accept, kind);
            JobRecord job = new()
            {
                Id = id,
                Owner = owner,
                ModelName = manifest.Name,
                ModelVersion = manifest.Version,
                Options = Options(request, upload),
                InputKind = kind,
                InputFiles = upload.Files.Count,
                CreatedAt = time.GetUtcNow(),
            };
            return await AddAsync(job, order.Places, new InputList(order.Channels, upload.Skipped), notified).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Accepts a request for series that an archive has; they are fetched when the job runs.</summary>
    /// <param name="context">The request.</param>
    /// <param name="id">Id of the job to be.</param>
    /// <param name="pacs">Name of the archive; it is configured.</param>
    /// <param name="wanted">The body; its UIDs were checked.</param>
    /// <exception cref="SegmentationException">The request is refused; nothing of it is left.</exception>
    public async Task<JobRecord> AcceptAsync(HttpContext context, string id, string pacs, PacsRequest wanted)
    {
        CheckParameters(context.Request.Query, ["format"]);
        await CheckOpenAsync(Caller.Of(context.User), context.RequestAborted).ConfigureAwait(false);
        string? options = wanted.Options?.GetRawText();
        ModelManifest manifest = Resolve(wanted.Model, options);
        IReadOnlyList<string> notified = webhooks.Choose(wanted.Notify, Caller.Of(context.User));
        PacsSeries series = new(pacs, wanted.StudyInstanceUid!, InputOrder.SeriesOf(wanted, manifest));
        formats.Choose(context.Request.Query["format"], context.Request.Headers.Accept, InputKind.Dicom);
        JobRecord job = new()
        {
            Id = id,
            Owner = Caller.Of(context.User),
            ModelName = manifest.Name,
            ModelVersion = manifest.Version,
            Options = options,
            InputKind = InputKind.Dicom,
            CreatedAt = time.GetUtcNow(),
            DeliverTo = wanted.Store ? pacs : null,
        };
        return await OrDropAsync(id, () =>
        {
            files.StartUpload(id);
            return AddAsync(job, [], InputList.Plain with { Series = series }, notified);
        }).ConfigureAwait(false);
    }

    /// <summary>Accepts a series that a routing rule wants segmented.</summary>
    /// <param name="arrival">The series.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="paths">Its files; copied.</param>
    /// <param name="content">Which instances these are.</param>
    /// <param name="cancellationToken">The service stops.</param>
    /// <returns>Whether there is a job; false: it was routed before.</returns>
    /// <exception cref="SegmentationException">There is no such model, an option does not fit it, or the queue is full.</exception>
    public async Task<bool> AcceptAsync(Arrival arrival, RoutingRule rule, IReadOnlyList<string> paths, string content, CancellationToken cancellationToken)
    {
        ModelManifest manifest = Resolve(rule.Model, rule.Options);
        string routed = Inbox.Hash($"{arrival.Owner}|{arrival.Series}|{content}|{manifest.Name}@{manifest.Version}|{rule.Options}|{rule.Destination}");
        if (!arrival.Repeat && await store.WasRoutedAsync(routed, cancellationToken).ConfigureAwait(false)) return false;
        await CheckOpenAsync(arrival.Owner, cancellationToken).ConfigureAwait(false);
        string id = JobId.New();
        JobRecord job = new()
        {
            Id = id,
            Owner = arrival.Owner,
            Priority = rule.Priority,
            ModelName = manifest.Name,
            ModelVersion = manifest.Version,
            Options = rule.Options,
            InputKind = InputKind.Dicom,
            InputFiles = paths.Count,
            CreatedAt = time.GetUtcNow(),
            DeliverTo = rule.Destination,
        };
        await OrDropAsync(id, () =>
        {
            files.StartUpload(id);
            for (int n = 0; n < paths.Count; n++)
            {
                string from = paths[n];
                DurableFiles.Write(files.Uploaded(id, n), to =>
                {
                    using FileStream file = File.OpenRead(from);
                    file.CopyTo(to);
                });
            }
            return AddAsync(job, [.. Enumerable.Range(0, paths.Count)], InputList.Plain, [], routed);
        }).ConfigureAwait(false);
        return true;
    }

    /// <summary>Leaves nothing of a job that is not accepted.</summary>
    private async Task<JobRecord> OrDropAsync(string id, Func<Task<JobRecord>> accept)
    {
        try
        {
            return await accept().ConfigureAwait(false);
        }
        catch
        {
            files.Drop(id);
            // Where the store is away, as it may be why there is no job, this is an orphan later.
            if (artifacts.IsApart) await cleanup.RemoveFilesAsync(id).ConfigureAwait(false);
            throw;
        }
    }

    private async Task CheckOpenAsync(string owner, CancellationToken cancellationToken)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) throw new SegmentationException(ErrorCode.ShuttingDown, "The service is stopping.");
        await store.CheckQuotaAsync(owner, cancellationToken).ConfigureAwait(false);
        if (await store.IsFullAsync(cancellationToken).ConfigureAwait(false)) throw Full();
        artifacts.CheckRoom();
    }

    /// <summary>The client may go away meanwhile: afterwards the job is accepted.</summary>
    private async Task<JobRecord> AddAsync(JobRecord job, IReadOnlyList<int> places, InputList list, IReadOnlyList<string> notified, string? routed = null)
    {
        files.Accept(job.Id, places, list);
        await artifacts.SaveInputAsync(job.Id, CancellationToken.None).ConfigureAwait(false);
        // Before the job is there: none runs that the trail does not know.
        await audit.AppendAsync(new AuditEntry(job.Owner, "acceptJob", job.Id, list.Series?.Pacs ?? job.DeliverTo, null, Activity.Current?.Id ?? "")).ConfigureAwait(false);
        if (!await store.TryAddAsync(job, routed, webhooks.For(job, notified), CancellationToken.None).ConfigureAwait(false)) throw Full();
        dispatcher.Announce(job);
        signal.Wake();
        return job;
    }

    private static SegmentationException Full() => new(ErrorCode.QueueFull, "The queue is full; try again later.");

    private static void CheckParameters(IQueryCollection query, string[] known)
    {
        int place = 0;
        foreach (string name in query.Keys)
        {
            place++;
            if (!known.Contains(name, StringComparer.Ordinal))
                throw new SegmentationException(ErrorCode.MalformedRequest,
                    $"The {GivenName.Of(name, "query parameter", place)} is not known; use {string.Join(", ", known)}.");
            if (query[name].Count > 1)
                throw new SegmentationException(ErrorCode.MalformedRequest, $"The query parameter '{name}' came {query[name].Count} times; send it once.");
        }
    }

    private ModelManifest Resolve(HttpRequest request, Upload upload) => Resolve(One(request, "model", upload.Model), Options(request, upload));

    /// <summary>Finds the model and checks the options against it.</summary>
    private ModelManifest Resolve(string? model, string? json)
    {
        ModelManifest manifest = choice.Find(model);
        try
        {
            EffectiveOptions.Create(json is null ? null : OptionsReader.Parse(json), manifest, defaults.Options);
        }
        catch (SegmentationException e)
        {
            throw OptionErrors.WithoutTexts(e);
        }
        return manifest;
    }

    private static string? Options(HttpRequest request, Upload upload) => One(request, "options", upload.Options);

    private static string? One(HttpRequest request, string name, string? field)
    {
        string? parameter = string.IsNullOrWhiteSpace(request.Query[name]) ? null : request.Query[name].ToString();
        return field is not null && parameter is not null
            ? throw new SegmentationException(ErrorCode.MalformedRequest, $"'{name}' came both as form part and as query parameter; send it once.")
            : field ?? parameter;
    }
}
