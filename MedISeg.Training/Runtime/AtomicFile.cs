namespace MedISeg.Training.Runtime;

/// <summary>Replaces files in one go: whoever reads, or comes after a crash or on a full disk, finds the old content or the whole new one.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a file beside the old one, and renames it when it is complete on disk.</summary>
    /// <param name="path">File; the new content is written to this name with <c>.tmp</c> behind it.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">It cannot be written; the old file is as it was, and the unfinished one is gone.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, path + ".tmp", write);

    /// <summary>The same with another name for the unfinished file, which must be in the same folder.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void Write(string path, string temporary, Action<Stream> write)
    {
        try
        {
            using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
