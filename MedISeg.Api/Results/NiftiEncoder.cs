using System.IO.Compression;
using MedISeg.Api.Jobs;

namespace MedISeg.Api.Results;

/// <summary>The label map, or an uncertainty map, as plain NIfTI.</summary>
internal sealed class NiftiEncoder : IResultEncoder
{
    /// <inheritdoc />
    public string Name => "nii";

    /// <inheritdoc />
    public IReadOnlyList<string> MediaTypes { get; } = ["application/x-nifti"];

    /// <inheritdoc />
    public string FileName => "segmentation.nii";

    /// <inheritdoc />
    public bool Serves(InputKind input) => true;

    /// <inheritdoc />
    public bool IsDefaultOf(InputKind input) => false;

    /// <inheritdoc />
    public async Task WriteAsync(StoredResult result, Stream output, CancellationToken cancellationToken)
    {
        GZipStream plain = new(result.Open(result.Nifti), CompressionMode.Decompress);
        await using (plain.ConfigureAwait(false))
            await plain.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
    }
}
