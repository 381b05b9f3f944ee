using System.Text;
using MedISeg.Api.Jobs;

namespace MedISeg.Api.Results;

/// <summary>The run report: recipe, timings, measurements.</summary>
internal sealed class ReportEncoder : IResultEncoder
{
    /// <inheritdoc />
    public string Name => "json";

    /// <inheritdoc />
    public IReadOnlyList<string> MediaTypes { get; } = ["application/json"];

    /// <inheritdoc />
    public string? FileName => null;

    /// <inheritdoc />
    public bool Serves(InputKind input) => true;

    /// <inheritdoc />
    public bool IsDefaultOf(InputKind input) => false;

    /// <inheritdoc />
    public async Task WriteAsync(StoredResult result, Stream output, CancellationToken cancellationToken) =>
        await output.WriteAsync(Encoding.UTF8.GetBytes(result.Report), cancellationToken).ConfigureAwait(false);
}
