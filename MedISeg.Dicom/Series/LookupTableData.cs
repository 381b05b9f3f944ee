using System.Buffers.Binary;

namespace MedISeg.Dicom.Series;

/// <summary>Entries of lookup tables. Source: PS3.3 C.7.6.3.1.6 and C.11.1.1.</summary>
internal static class LookupTableData
{
    /// <summary>Most entries; a descriptor writes them as 0.</summary>
    public const int MostEntries = 1 << 16;

    /// <summary>Number of entries that a descriptor's first value stands for, which is unsigned whatever its representation says.</summary>
    public static int Count(int described) => (described & 0xffff) is > 0 and int count ? count : MostEntries;

    /// <summary>Reads a table; one of 8 bits is stored one entry a byte or one entry a word, the length tells.</summary>
    /// <param name="data">Bytes of the table.</param>
    /// <param name="entries">How many there must be.</param>
    /// <param name="bits">Bits of an entry, 8 to 16.</param>
    /// <returns>The entries; null: there are fewer.</returns>
    public static int[]? Read(ReadOnlySpan<byte> data, int entries, int bits)
    {
        bool words = data.Length >= entries * 2;
        if (!words && (bits > 8 || data.Length < entries)) return null;
        int mask = (1 << bits) - 1;
        int[] values = new int[entries];
        for (int n = 0; n < entries; n++) values[n] = (words ? BinaryPrimitives.ReadUInt16LittleEndian(data[(n * 2)..]) : data[n]) & mask;
        return values;
    }
}
