namespace MedISeg.Api.Artifacts;

/// <summary>Keeps what jobs consist of while nobody works with it: for each job one artifact of all its input, and one of each result. An artifact is there
/// whole or not at all.</summary>
internal interface IArtifactStore
{
    /// <summary>Sees whether the store can be used.</summary>
    /// <exception cref="Hosting.StartRefusedException">It cannot.</exception>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>Keeps an artifact, durably; one of that name is replaced.</summary>
    /// <param name="id">The job.</param>
    /// <param name="name">Name of ours.</param>
    /// <param name="write">Writes it; borrows the stream.</param>
    /// <param name="cancellationToken">Ends it; then nothing is kept.</param>
    /// <returns>Its length, bytes.</returns>
    /// <exception cref="Imaging.Errors.SegmentationException"><see cref="Imaging.Errors.ErrorCode.StoreUnavailable"/>.</exception>
    Task<long> PutAsync(string id, string name, Action<Stream> write, CancellationToken cancellationToken);

    /// <summary>Reads an artifact.</summary>
    /// <param name="id">The job.</param>
    /// <param name="name">Name of ours.</param>
    /// <param name="read">Reads it; borrows the stream.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="Imaging.Errors.SegmentationException"><see cref="Imaging.Errors.ErrorCode.StoreUnavailable"/>.</exception>
    Task GetAsync(string id, string name, Action<Stream> read, CancellationToken cancellationToken);

    /// <summary>Removes an artifact, or all of a job; nothing happens where there is none.</summary>
    /// <param name="id">The job.</param>
    /// <param name="name">Name of ours; null: all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="Imaging.Errors.SegmentationException"><see cref="Imaging.Errors.ErrorCode.StoreUnavailable"/>.</exception>
    Task RemoveAsync(string id, string? name, CancellationToken cancellationToken);

    /// <summary>All artifacts, in no order.</summary>
    /// <exception cref="Imaging.Errors.SegmentationException"><see cref="Imaging.Errors.ErrorCode.StoreUnavailable"/>.</exception>
    Task<IReadOnlyList<StoredArtifact>> ListAsync(CancellationToken cancellationToken);
}

/// <summary>An artifact that is kept.</summary>
/// <param name="Id">Its job.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="WrittenAt">When it was kept.</param>
internal readonly record struct StoredArtifact(string Id, long Bytes, DateTimeOffset WrittenAt);
