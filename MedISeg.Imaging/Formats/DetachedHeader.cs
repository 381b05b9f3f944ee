using System.Text;

namespace MedISeg.Imaging.Formats;

/// <summary>A header whose voxels lie in another file (.mhd, .nhdr), and what makes one file of the two.</summary>
/// <param name="DataFile">Name of the other file, without folders.</param>
/// <param name="Attached">The header as it stands before voxels in one file.</param>
public sealed record DetachedHeader(string DataFile, byte[] Attached)
{
    /// <summary>Longest header that is looked at, bytes.</summary>
    public const int Longest = 1 << 16;

    /// <summary>Looks whether a file is such a header.</summary>
    /// <param name="file">The whole file.</param>
    /// <returns>Null: it is none, or names several files.</returns>
    public static DetachedHeader? Find(ReadOnlySpan<byte> file)
    {
        if (file.Length > Longest || ImageReader.TextFormatOf(file) is not { } format) return null;
        bool nrrd = format == ImageFormat.Nrrd;
        StringBuilder text = new();
        string? name = null;
        foreach (string raw in Encoding.Latin1.GetString(file).Split('\n'))
        {
            string line = raw.TrimEnd('\r');
            // What follows an empty line in NRRD, or the data file in MetaImage, is no header any more.
            if (line.Length == 0 && nrrd || name is not null && !nrrd) break;
            if (ValueOf(line, nrrd) is { } value)
            {
                name = value;
                if (!nrrd) text.Append("ElementDataFile = LOCAL\n");
                continue;
            }
            text.Append(line).Append('\n');
        }
        if (nrrd) text.Append('\n');
        // LIST and patterns such as slice%03d.raw name several files.
        if (name is null or "" or "LIST" or "LOCAL" or "Local" or "local" || name.StartsWith("LIST ", StringComparison.Ordinal) || name.Contains('%', StringComparison.Ordinal)) return null;
        return new DetachedHeader(name[(name.LastIndexOfAny(['/', '\\']) + 1)..], Encoding.Latin1.GetBytes(text.ToString()));
    }

    private static string? ValueOf(string line, bool nrrd)
    {
        int end = line.IndexOf(nrrd ? ':' : '=', StringComparison.Ordinal);
        if (end <= 0) return null;
        string field = line[..end].Trim();
        bool isData = nrrd
            ? field.Replace(" ", "", StringComparison.Ordinal).Equals("datafile", StringComparison.OrdinalIgnoreCase) && !line.AsSpan(end).StartsWith(":=")
            : field == "ElementDataFile";
        return isData ? line[(end + 1)..].Trim() : null;
    }
}
