namespace MedISeg.Imaging.Errors;

/// <summary>Everything we foresee going wrong; the kebab-case spelling is the stable code of a problem (docs/schemas/problem.schema.json).</summary>
public enum ErrorCode
{
    /// <summary>The request has no body.</summary>
    EmptyBody,
    /// <summary>The request's form does not fit the API.</summary>
    MalformedRequest,
    /// <summary>An option's name is not known.</summary>
    UnknownOption,
    /// <summary>An option's value is not allowed.</summary>
    InvalidOption,
    /// <summary>An archive cannot be read.</summary>
    UnreadableArchive,
    /// <summary>No valid credentials.</summary>
    Unauthenticated,
    /// <summary>The credentials do not allow it.</summary>
    Forbidden,
    /// <summary>No such model or version.</summary>
    UnknownModel,
    /// <summary>No such job.</summary>
    UnknownJob,
    /// <summary>No such PACS in the configuration.</summary>
    UnknownPacs,
    /// <summary>The PACS has no such study or series.</summary>
    UnknownSeries,
    /// <summary>No such address.</summary>
    NotFound,
    /// <summary>The address does not take this HTTP method.</summary>
    MethodNotAllowed,
    /// <summary>None of the accepted media types can be made.</summary>
    NotAcceptable,
    /// <summary>The result is not there yet.</summary>
    JobNotFinished,
    /// <summary>The job was cancelled.</summary>
    JobCancelled,
    /// <summary>A package that is there already in another form, is needed by another one, or cannot be written.</summary>
    ModelConflict,
    /// <summary>More bytes, voxels, files or memory than the limit.</summary>
    TooLarge,
    /// <summary>A DICOM transfer syntax that this host does not decode.</summary>
    UnsupportedTransferSyntax,
    /// <summary>A media type that is not read.</summary>
    UnsupportedMediaType,
    /// <summary>Not an image, or damaged.</summary>
    UnreadableImage,
    /// <summary>The image ends early.</summary>
    TruncatedImage,
    /// <summary>A DICOM object without pixels.</summary>
    NoPixelData,
    /// <summary>Voxels that are not finite numbers.</summary>
    InvalidVoxels,
    /// <summary>A geometry that no patient fits: singular, not finite, not positive.</summary>
    InvalidGeometry,
    /// <summary>Slices that do not form a regular grid.</summary>
    IrregularGeometry,
    /// <summary>Slices of more than one series.</summary>
    MixedSeries,
    /// <summary>The number of channels is not the model's.</summary>
    ChannelMismatch,
    /// <summary>The modality or body part is not the model's.</summary>
    ModalityMismatch,
    /// <summary>One plane to a 3-D model, or another plane or several pages to a 2-D model.</summary>
    DimensionMismatch,
    /// <summary>A view that the package does not allow.</summary>
    ViewNotAllowed,
    /// <summary>A model package that was sent and cannot be served.</summary>
    InvalidPackage,
    /// <summary>The caller's quota is used up.</summary>
    QuotaExceeded,
    /// <summary>The network failed.</summary>
    ModelFailed,
    /// <summary>Our fault.</summary>
    Internal,
    /// <summary>The process ended each time it ran the job.</summary>
    JobAbandoned,
    /// <summary>What was kept of a job was changed, is damaged, or cannot be decrypted.</summary>
    ArtifactUnreadable,
    /// <summary>A PACS did not answer as it should.</summary>
    PacsFailed,
    /// <summary>The queue is full.</summary>
    QueueFull,
    /// <summary>The service is stopping.</summary>
    ShuttingDown,
    /// <summary>The database of jobs, or the store of images and results, does not answer.</summary>
    StoreUnavailable,
    /// <summary>Images and results take as much space as they may.</summary>
    StorageFull,
}
