using MedISeg.Api.Jobs;
using MedISeg.Api.Uploads;

namespace MedISeg.Api.Results;

/// <summary>The label map of a DICOM series as BINARY segmentation object, or an uncertainty map as FRACTIONAL one.</summary>
internal sealed class DicomEncoder : IResultEncoder
{
    /// <inheritdoc />
    public string Name => "dcm";

    /// <inheritdoc />
    public IReadOnlyList<string> MediaTypes { get; } = [BodyTypes.Dicom];

    /// <inheritdoc />
    public string FileName => "segmentation.dcm";

    /// <inheritdoc />
    public bool Serves(InputKind input) => input == InputKind.Dicom;

    /// <inheritdoc />
    public bool IsDefaultOf(InputKind input) => input == InputKind.Dicom;

    /// <inheritdoc />
    public Task WriteAsync(StoredResult result, Stream output, CancellationToken cancellationToken) => result.Output == ResultOutputs.Labels
        ? SendAsync(result, output, cancellationToken)
        : TemporaryAnswer.SendAsync(
            result.Folder,
            file =>
            {
                MapSegmentation.Write(file, result, cancellationToken);
                return Task.CompletedTask;
            },
            output, cancellationToken);

    private static async Task SendAsync(StoredResult result, Stream output, CancellationToken cancellationToken)
    {
        FileStream file = result.Open(ResultArtifacts.Dicom);
        await using (file.ConfigureAwait(false))
            await file.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
    }
}
