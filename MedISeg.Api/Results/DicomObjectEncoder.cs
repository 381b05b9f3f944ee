using MedISeg.Api.Jobs;
using MedISeg.Api.Uploads;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Api.Results;

/// <summary>A DICOM object of the label map that is made when it is asked for.</summary>
/// <param name="name">Name for <c>?format=</c>, and of the caller's file.</param>
/// <param name="write">Writes the object: where to, of what, the labels on the series' grid.</param>
internal abstract class DicomObjectEncoder(string name, Action<Stream, DicomSource, LabelMap, CancellationToken> write) : IResultEncoder
{
    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public IReadOnlyList<string> MediaTypes { get; } = [BodyTypes.Dicom];

    /// <inheritdoc />
    public string FileName => $"{name}.dcm";

    /// <inheritdoc />
    public bool Serves(InputKind input) => input == InputKind.Dicom;

    /// <inheritdoc />
    public bool IsDefaultOf(InputKind input) => false;

    /// <inheritdoc />
    public Task WriteAsync(StoredResult result, Stream output, CancellationToken cancellationToken) => TemporaryAnswer.SendAsync(
        result.Folder,
        file =>
        {
            DicomSource source = DicomSource.Open(result);
            using FileStream nifti = result.Open(result.Nifti);
            using StoppableStream stored = new(nifti, cancellationToken);
            write(file, source, ImageReader.ReadLabels(stored, new ImageLimits()).On(source.Series.Geometry), cancellationToken);
            return Task.CompletedTask;
        },
        output, cancellationToken);
}
