using MedISeg.Api.Jobs;

namespace MedISeg.Api.Results;

/// <summary>The label map, or an uncertainty map, as compressed NIfTI.</summary>
internal sealed class NiftiGzipEncoder : IResultEncoder
{
    /// <inheritdoc />
    public string Name => "nii.gz";

    /// <inheritdoc />
    public IReadOnlyList<string> MediaTypes { get; } = ["application/gzip", "application/x-gzip"];

    /// <inheritdoc />
    public string FileName => "segmentation.nii.gz";

    /// <inheritdoc />
    public bool Serves(InputKind input) => true;

    /// <inheritdoc />
    public bool IsDefaultOf(InputKind input) => input == InputKind.Nifti;

    /// <inheritdoc />
    public async Task WriteAsync(StoredResult result, Stream output, CancellationToken cancellationToken)
    {
        FileStream file = result.Open(result.Nifti);
        await using (file.ConfigureAwait(false))
            await file.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
    }
}
