using MedISeg.Api.Jobs;

namespace MedISeg.Api.Results;

/// <summary>The label map of a picture as PNG: one label a pixel.</summary>
internal sealed class PngEncoder : IResultEncoder
{
    /// <inheritdoc />
    public string Name => "png";

    /// <inheritdoc />
    public IReadOnlyList<string> MediaTypes { get; } = ["image/png"];

    /// <inheritdoc />
    public string FileName => "segmentation.png";

    /// <inheritdoc />
    public bool Serves(InputKind input) => input is InputKind.Raster or InputKind.DicomPicture;

    /// <inheritdoc />
    public bool IsDefaultOf(InputKind input) => input is InputKind.Raster or InputKind.DicomPicture;

    /// <inheritdoc />
    public async Task WriteAsync(StoredResult result, Stream output, CancellationToken cancellationToken)
    {
        FileStream file = result.Open(ResultArtifacts.Png);
        await using (file.ConfigureAwait(false))
            await file.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
    }
}
