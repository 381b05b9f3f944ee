using MedISeg.Api.Jobs;

namespace MedISeg.Api.Results;

/// <summary>Makes one kind of answer from what a job stored.</summary>
internal interface IResultEncoder
{
    /// <summary>Name for <c>?format=</c>.</summary>
    string Name { get; }

    /// <summary>Media types that ask for it; the first is the one it is sent as.</summary>
    IReadOnlyList<string> MediaTypes { get; }

    /// <summary>Name that the caller's copy gets; null: shown, not downloaded.</summary>
    string? FileName { get; }

    /// <summary>Whether it can be made of a job with this kind of input.</summary>
    bool Serves(InputKind input);

    /// <summary>Whether it is what such a job answers when nothing is asked for.</summary>
    bool IsDefaultOf(InputKind input);

    /// <summary>Writes the answer.</summary>
    /// <param name="result">What the job stored.</param>
    /// <param name="output">Borrowed; asynchronous writes only.</param>
    /// <param name="cancellationToken">The client went away.</param>
    Task WriteAsync(StoredResult result, Stream output, CancellationToken cancellationToken);
}
