namespace MedISeg.Api.Results;

/// <summary>Makes an answer in a file that is gone afterwards: some formats are written synchronously and go back to fill in lengths, which a
/// response cannot.</summary>
internal static class TemporaryAnswer
{
    /// <summary>Fills a file and sends it.</summary>
    /// <param name="folder">Where the file lies meanwhile.</param>
    /// <param name="fill">Writes it.</param>
    /// <param name="output">Borrowed; asynchronous writes only.</param>
    /// <param name="cancellationToken">The client went away.</param>
    public static async Task SendAsync(string folder, Func<FileStream, Task> fill, Stream output, CancellationToken cancellationToken)
    {
        FileStream file = new(Path.Combine(folder, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None,
            1 << 16, FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        await using (file.ConfigureAwait(false))
        {
            await fill(file).ConfigureAwait(false);
            file.Position = 0;
            await file.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
        }
    }
}
