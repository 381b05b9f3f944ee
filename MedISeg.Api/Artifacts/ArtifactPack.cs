using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;

namespace MedISeg.Api.Artifacts;

/// <summary>The files of a folder as one: a tar archive whose last file <c>sha256sums</c> lists the hashes of the others, as the program of that name does.</summary>
internal static class ArtifactPack
{
    private const string SumsName = "sha256sums";

    private const int BufferLength = 1 << 16, LongestName = 100;

    /// <summary>Writes all files of a folder, by name.</summary>
    /// <param name="to">Borrowed; need not seek.</param>
    /// <param name="folder">Holds files only.</param>
    public static void Write(Stream to, string folder)
    {
        StringBuilder sums = new();
        using TarWriter writer = new(to, TarEntryFormat.Pax, leaveOpen: true);
        foreach (string path in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferLength);
            Note(sums, SHA256.HashData(file), Path.GetFileName(path));
            file.Position = 0;
            Add(writer, Path.GetFileName(path), file);
        }
        using MemoryStream list = new(Encoding.ASCII.GetBytes(sums.ToString()));
        Add(writer, SumsName, list);
    }

    /// <summary>Writes the files of an archive into a folder.</summary>
    /// <param name="from">Read to its end; borrowed.</param>
    /// <param name="folder">An empty folder.</param>
    /// <exception cref="MedISeg.Imaging.Errors.SegmentationException"><see cref="MedISeg.Imaging.Errors.ErrorCode.ArtifactUnreadable"/>: a file is missing or damaged; what is in
    /// the folder is no use.</exception>
    public static void Read(Stream from, string folder)
    {
        try
        {
            using TarReader reader = new(from, leaveOpen: true);
            StringBuilder sums = new();
            TarEntry? entry;
            while ((entry = reader.GetNextEntry()) is not null && entry.Name != SumsName)
            {
                if (entry.EntryType != TarEntryType.RegularFile || !IsName(entry.Name)) throw SealedFormat.Unreadable("What was kept of the job holds what does not belong there.");
                Note(sums, Save(entry.DataStream ?? Stream.Null, Path.Combine(folder, entry.Name)), entry.Name);
            }
            if (entry?.DataStream is not { } stream) throw SealedFormat.Unreadable("What was kept of the job ends early.");
            using StreamReader list = new(stream, Encoding.ASCII);
            if (list.ReadToEnd() != sums.ToString()) throw SealedFormat.Unreadable("What was kept of the job is not what was written.");
            // The last bytes are to be checked, too.
            from.CopyTo(Stream.Null);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw SealedFormat.Unreadable("What was kept of the job is damaged.", e);
        }
    }
    private static void Add(TarWriter writer, string name, Stream content) =>
        writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite });

    private static void Note(StringBuilder sums, byte[] hash, string name) => sums.Append(Convert.ToHexStringLower(hash)).Append("  ").Append(name).Append('\n');

    /// <summary>Names of ours; nothing else is written, wherever it would go.</summary>
    private static bool IsName(string name) => name.Length is > 0 and <= LongestName && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    /// <summary>Writes a file.</summary>
    /// <returns>Its SHA-256.</returns>
    private static byte[] Save(Stream from, string path)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        byte[] buffer = new byte[BufferLength];
        for (int count; (count = from.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer, 0, count);
            file.Write(buffer, 0, count);
        }
        return hash.GetHashAndReset();
    }
}
