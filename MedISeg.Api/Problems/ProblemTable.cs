using System.Collections.Frozen;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Problems;

/// <summary>The one table from error code to HTTP status, title and help. Extend it; never rename.</summary>
public static class ProblemTable
{
    /// <summary>All rows, by status and then by code.</summary>
    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        new(ErrorCode.EmptyBody, 400, "The request has no image.", "Send the image as form part 'image' or as the body."),
        new(ErrorCode.MalformedRequest, 400, "The request's form does not fit the API.", "Compare the request with the example in /swagger."),
        new(ErrorCode.UnknownOption, 400, "An option's name is not known.", "Names and schemas are listed under /v1/tricks; 'errors' names the key."),
        new(ErrorCode.InvalidOption, 400, "An option's value is not allowed.", "'errors' names the key and what is allowed."),
        new(ErrorCode.UnreadableArchive, 400, "An archive cannot be read.", "Send an ordinary, whole zip file without a password."),
        new(ErrorCode.Unauthenticated, 401, "No valid credentials were given.", "Send the header 'X-Api-Key: KEY' or 'Authorization: Bearer KEY'."),
        new(ErrorCode.Forbidden, 403, "The credentials do not allow this.", "Ask the operator for the right that the detail names."),
        new(ErrorCode.UnknownModel, 404, "There is no such model or version.", "GET /v1/models lists what is there."),
        new(ErrorCode.UnknownJob, 404, "There is no such job.", "The job was deleted, its retention ended, or it belongs to another caller."),
        new(ErrorCode.UnknownPacs, 404, "There is no such PACS in the configuration.", "Use a name that the operator configured."),
        new(ErrorCode.UnknownSeries, 404, "The PACS has no such study or series.", "GET /v1/pacs/{name}/studies searches the PACS."),
        new(ErrorCode.NotFound, 404, "There is nothing at this address.", "/swagger lists the addresses."),
        new(ErrorCode.MethodNotAllowed, 405, "The address does not take this HTTP method.", "The header Allow lists the methods."),
        new(ErrorCode.NotAcceptable, 406, "None of the accepted media types can be made.", "Change Accept or ?format= to one of those that the detail lists."),
        new(ErrorCode.JobNotFinished, 409, "The result is not there yet.", "Ask again later, or follow the job's events."),
        new(ErrorCode.JobCancelled, 409, "The job was cancelled.", "Send the image again."),
        new(ErrorCode.ModelConflict, 409, "The folder of models does not allow this.", "The detail says what stands in the way."),
        new(ErrorCode.TooLarge, 413, "The request exceeds a limit.", "Send less; the detail names the limit. Limits are set by the operator."),
        new(ErrorCode.UnsupportedTransferSyntax, 415, "This DICOM transfer syntax is not decoded here.", "Send the images as Explicit VR Little Endian."),
        new(ErrorCode.UnsupportedMediaType, 415, "This media type is not read.", "Send DICOM (also as zip), NIfTI, NRRD, MetaImage, PNG, JPEG or TIFF."),
        new(ErrorCode.UnreadableImage, 422, "The file is not an image that can be read.", "Check that the file opens in an image viewer."),
        new(ErrorCode.TruncatedImage, 422, "The image ends early.", "Copy the file again and compare its size."),
        new(ErrorCode.NoPixelData, 422, "The DICOM object has no pixels.", "Send image objects only."),
        new(ErrorCode.InvalidVoxels, 422, "The image holds voxels that are not finite numbers.", "Replace NaN and infinity, for instance by the value of air."),
        new(ErrorCode.InvalidGeometry, 422, "The image's geometry fits no patient.", "Correct the orientation in the header."),
        new(ErrorCode.IrregularGeometry, 422, "The slices do not form a regular grid.", "Send one complete series, all slices of it and each once."),
        new(ErrorCode.MixedSeries, 422, "The slices belong to more than one series.", "Send one series at a time, or name the parts of a request by channel."),
        new(ErrorCode.ChannelMismatch, 422, "The number of channels is not the model's.", "GET /v1/models/{name} lists the channels."),
        new(ErrorCode.ModalityMismatch, 422, "The modality or body part is not the model's.", "Choose another model, or ask for option modalityMismatch 'warn'."),
        new(ErrorCode.DimensionMismatch, 422, "One plane was sent to a 3-D model, or another plane or several pages to a 2-D model.", "Choose a model of the image's dimensionality."),
        new(ErrorCode.ViewNotAllowed, 422, "The model does not allow this view.", "GET /v1/models/{name} lists the allowed views."),
        new(ErrorCode.InvalidPackage, 422, "The model package cannot be served.", "Run the trainer's verb 'verify' on it; 'errors' names faulty keys of model.json."),
        new(ErrorCode.QuotaExceeded, 429, "The caller's quota is used up.", "Wait as long as Retry-After says."),
        new(ErrorCode.ModelFailed, 500, "The model failed.", "Tell the operator the trace id."),
        new(ErrorCode.Internal, 500, "The service failed.", "Tell the operator the trace id."),
        new(ErrorCode.JobAbandoned, 500, "The service ended each time it ran the job.", "Send a smaller image or choose another model, and tell the operator the trace id."),
        new(ErrorCode.ArtifactUnreadable, 500, "What was kept of the job cannot be read.", "Send the image again, and tell the operator the trace id: a key is missing, or the store is damaged."),
        new(ErrorCode.PacsFailed, 502, "The PACS did not answer as it should.", "Tell the operator the trace id."),
        new(ErrorCode.QueueFull, 503, "The queue is full.", "Try again after Retry-After seconds."),
        new(ErrorCode.ShuttingDown, 503, "The service is stopping.", "Try again after Retry-After seconds."),
        new(ErrorCode.StoreUnavailable, 503, "The store of jobs does not answer.", "Try again after Retry-After seconds; accepted jobs are not lost."),
        new(ErrorCode.StorageFull, 503, "There is no room for more images and results.", "Delete jobs that are done with, or try again after Retry-After seconds."),
    ];

    private static readonly FrozenDictionary<ErrorCode, ProblemKind> ByCode = All.ToFrozenDictionary(kind => kind.Code);

    private static readonly FrozenDictionary<string, ProblemKind> ByName = All.ToFrozenDictionary(kind => kind.Name, StringComparer.Ordinal);

    /// <summary>Row of a code.</summary>
    /// <exception cref="KeyNotFoundException">The table lacks the code; a test guards that.</exception>
    public static ProblemKind Of(ErrorCode code) => ByCode[code];

    /// <summary>Row of a kebab-case code, or null.</summary>
    public static ProblemKind? Find(string name) => ByName.GetValueOrDefault(name);
}
