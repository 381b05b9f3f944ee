using MedISeg.Api.Artifacts;
using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Problems;
using MedISeg.Api.Results;
using MedISeg.Imaging.Errors;
using Microsoft.Net.Http.Headers;

namespace MedISeg.Api.Segmentations;

/// <summary>Answers with the result of a job that is final, or with the problem that stands in its place.</summary>
internal sealed class JobResults(JobArtifacts artifacts, Addresses addresses)
{
    /// <summary>Writes the result of a job that succeeded, or its problem.</summary>
    /// <param name="context">The response must not have started.</param>
    /// <param name="job">As stored.</param>
    /// <param name="encoder">Kind of the answer.</param>
    /// <param name="status">HTTP status of a result.</param>
    /// <param name="output">What is wanted: the label map or an uncertainty map.</param>
    public async Task WriteAsync(HttpContext context, JobRecord job, IResultEncoder encoder, int status, string output = ResultOutputs.Labels)
    {
        switch (job.State)
        {
            case JobState.Queued or JobState.Running:
                throw new SegmentationException(ErrorCode.JobNotFinished,
                    "The job is not finished; ask again later, or follow the job's events until 'done'.");
            case JobState.Cancelled:
                throw Cancelled();
            case JobState.Failed or JobState.DeadLettered:
                JobFailure failure = JobFailure.FromJson(job.Failure!);
                await ProblemResponse.WriteAsync(context, failure.Code, failure.Detail, addresses.Job(job.Id), failure.Errors).ConfigureAwait(false);
                return;
        }
        using BorrowedResult result = await OpenAsync(context, job).ConfigureAwait(false);
        StoredResult stored = new(result.Folder, job.InputKind, job.Report!, output);
        if (output != ResultOutputs.Labels && !stored.Exists)
            throw new SegmentationException(ErrorCode.NotAcceptable, $"The job did not make {output}; ask for it with option outputs when you send the image.");
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = encoder.MediaTypes[0];
        response.Headers.Vary = HeaderNames.Accept;
        string? name = output == ResultOutputs.Labels ? encoder.FileName : $"{output}.{encoder.Name}";
        if (name is not null) response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        try
        {
            await encoder.WriteAsync(stored, response.Body, context.RequestAborted).ConfigureAwait(false);
        }
        catch (IOException e) when (!response.HasStarted && e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Deleted between the look at the row and the opening of the file.
            throw JobDocuments.Unknown();
        }
    }

    private async Task<BorrowedResult> OpenAsync(HttpContext context, JobRecord job)
    {
        try
        {
            return await artifacts.OpenResultAsync(job.Id, job.Token, context.RequestAborted).ConfigureAwait(false);
        }
        catch (FileNotFoundException)
        {
            // As below.
            throw JobDocuments.Unknown();
        }
    }

    /// <summary>The refusal of a job that was deleted before it was finished.</summary>
    public static SegmentationException Cancelled() =>
        new(ErrorCode.JobCancelled, "The job was deleted before it was finished; send the image again.");
}
