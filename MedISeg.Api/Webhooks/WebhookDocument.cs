using MedISeg.Api.Jobs;
using MedISeg.Api.Segmentations;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Webhooks;

/// <summary>Body of a notification. Holds no patient data.</summary>
/// <param name="Id">Id of the job.</param>
/// <param name="State">How it ended.</param>
/// <param name="Model">Package name.</param>
/// <param name="Version">Package version.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Code">Why it failed; absent where it did not.</param>
/// <param name="Links">Where the rest is, below the service's address.</param>
internal sealed record WebhookDocument(string Id, JobState State, string Model, string Version, DateTimeOffset FinishedAt, ErrorCode? Code, JobLinks Links);
