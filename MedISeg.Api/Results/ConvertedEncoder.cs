using MedISeg.Api.Jobs;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Api.Results;

/// <summary>The label map in a format that is made when it is asked for.</summary>
/// <param name="name">Name for <c>?format=</c>, and ending of the caller's file.</param>
/// <param name="mediaType">Media type that asks for it.</param>
/// <param name="write">Writes labels into a seekable stream.</param>
internal abstract class ConvertedEncoder(string name, string mediaType, Action<Stream, LabelMap> write) : IResultEncoder
{
    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public IReadOnlyList<string> MediaTypes { get; } = [mediaType];

    /// <inheritdoc />
    public string FileName => "segmentation." + name;

    /// <inheritdoc />
    public bool Serves(InputKind input) => true;

    /// <inheritdoc />
    public bool IsDefaultOf(InputKind input) => false;

    /// <inheritdoc />
    public Task WriteAsync(StoredResult result, Stream output, CancellationToken cancellationToken) => TemporaryAnswer.SendAsync(
        result.Folder,
        file =>
        {
            using FileStream stored = result.Open(result.Nifti);
            using StoppableStream source = new(stored, cancellationToken);
            write(file, ImageReader.ReadLabels(source, new ImageLimits()));
            return Task.CompletedTask;
        },
        output, cancellationToken);
}
