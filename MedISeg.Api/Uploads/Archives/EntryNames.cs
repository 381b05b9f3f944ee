using System.Text;

namespace MedISeg.Api.Uploads.Archives;

/// <summary>Looks at names of entries, which are never used as paths. Bytes, since an archive does not always say its encoding.</summary>
internal static class EntryNames
{
    /// <summary>Whether it would lead out of the folder into which it is unpacked: from a root or a drive, or upwards.</summary>
    public static bool PointsOutside(ReadOnlySpan<byte> name)
    {
        if (name.Length > 0 && IsSeparator(name[0])) return true;
        if (name.Length > 1 && name[1] == ':' && char.IsAsciiLetter((char)name[0])) return true;
        while (name.Length > 0)
        {
            int end = name.IndexOfAny("/\\"u8);
            if ((end < 0 ? name : name[..end]).SequenceEqual(".."u8)) return true;
            name = end < 0 ? [] : name[(end + 1)..];
        }
        return false;
    }

    /// <summary>Whether it names a folder.</summary>
    public static bool IsFolder(ReadOnlySpan<byte> name) => name.Length > 0 && IsSeparator(name[^1]);

    /// <summary>What stands behind the last folder, in Latin-1.</summary>
    public static string Last(ReadOnlySpan<byte> name) => Encoding.Latin1.GetString(name[(name.LastIndexOfAny("/\\"u8) + 1)..]);

    private static bool IsSeparator(byte value) => value is (byte)'/' or (byte)'\\';
}
