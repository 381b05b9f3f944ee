using System.Runtime.InteropServices;
using System.Text;

namespace MedISeg.Api.Jobs;

/// <summary>Makes files and folder entries survive a power cut.</summary>
internal static partial class DurableFiles
{
    private const int ReadOnly = 0;

    /// <summary>Writes a new file and flushes it to the disk.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        write(file);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Writes a new file that only its owner may read, whole or not at all, and flushes it to the disk.</summary>
    public static void WriteSecret(string path, string text)
    {
        string fresh = path + ".new";
        File.Delete(fresh);
        FileStreamOptions how = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (FileStream file = new(fresh, how))
        {
            file.Write(Encoding.ASCII.GetBytes(text));
            file.Flush(flushToDisk: true);
        }
        File.Move(fresh, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Flushes the entries of a folder; .NET opens no folders, so that this asks the C library. Elsewhere than on Linux the file
    /// system does it in its own time.</summary>
    public static void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        int descriptor = Open(folder, ReadOnly);
        if (descriptor < 0) throw new IOException("A folder could not be opened to flush it.");
        try
        {
            if (Fsync(descriptor) != 0) throw new IOException("A folder could not be flushed.");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
