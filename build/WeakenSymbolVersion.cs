using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;

/// <summary>Marks one version need of an ELF64 little-endian shared library as weak (bit 2 of vna_flags).</summary>
/// <remarks>Source: System V ABI, section .gnu.version_r (Elf64_Verneed, Elf64_Vernaux). The file is replaced, never
/// written in place: the output copy may be a hard link to the package cache.</remarks>
public sealed class WeakenSymbolVersion : Microsoft.Build.Utilities.Task
{
    private const uint VerneedSection = 0x6ffffffe;
    private const byte WeakFlag = 2;

    /// <summary>Path of the library; a missing file is not an error.</summary>
    [Required]
    public string Library { get; set; } = "";

    /// <summary>Name of the version need, e.g. GLIBCXX_3.4.32.</summary>
    [Required]
    public string SymbolVersion { get; set; } = "";

    /// <inheritdoc />
    public override bool Execute()
    {
        if (!File.Exists(Library)) return true;
        byte[] image = File.ReadAllBytes(Library);
        if (!MarkWeak(image, SymbolVersion)) return true;
        string temporary = Library + ".weak";
        File.WriteAllBytes(temporary, image);
        File.Delete(Library);
        File.Move(temporary, Library);
        Log.LogMessage(MessageImportance.Normal, "Marked {0} weak in {1}", SymbolVersion, Path.GetFileName(Library));
        return true;
    }

    /// <summary>Sets the flag in memory.</summary>
    /// <returns>Whether a byte changed: false when the version is not needed, already weak, or the image is not ELF64.</returns>
    public static bool MarkWeak(byte[] image, string version)
    {
        if (image.Length < 64 || image[0] != 0x7f || image[1] != 'E' || image[2] != 'L' || image[3] != 'F' || image[4] != 2) return false;
        long sections = BitConverter.ToInt64(image, 0x28);
        int size = BitConverter.ToUInt16(image, 0x3a), count = BitConverter.ToUInt16(image, 0x3c);
        bool changed = false;
        for (int s = 0; s < count; s++)
        {
            int header = checked((int)(sections + (long)s * size));
            if (BitConverter.ToUInt32(image, header + 4) != VerneedSection) continue;
            long strings = BitConverter.ToInt64(image, checked((int)(sections + BitConverter.ToUInt32(image, header + 0x28) * (long)size + 0x18)));
            changed |= MarkNeeds(image, version, checked((int)BitConverter.ToInt64(image, header + 0x18)), strings);
        }
        return changed;
    }

    private static bool MarkNeeds(byte[] image, string version, int need, long strings)
    {
        bool changed = false;
        while (true)
        {
            int entries = BitConverter.ToUInt16(image, need + 2);
            int entry = need + (int)BitConverter.ToUInt32(image, need + 8);
            for (int e = 0; e < entries; e++)
            {
                if (NameAt(image, (int)(strings + BitConverter.ToUInt32(image, entry + 8))) == version && (image[entry + 4] & WeakFlag) == 0)
                {
                    image[entry + 4] |= WeakFlag;
                    changed = true;
                }
                entry += (int)BitConverter.ToUInt32(image, entry + 12);
            }
            uint next = BitConverter.ToUInt32(image, need + 12);
            if (next == 0) return changed;
            need += (int)next;
        }
    }

    private static string NameAt(byte[] image, int start) =>
        Encoding.ASCII.GetString(image, start, Array.IndexOf(image, (byte)0, start) - start);
}
