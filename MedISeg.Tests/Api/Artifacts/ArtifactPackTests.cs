using System.Formats.Tar;
using System.Text;
using MedISeg.Api.Artifacts;
using MedISeg.Imaging.Errors;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Api.Artifacts;

public sealed class ArtifactPackTests
{
    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        using TempFolder from = new(), to = new();
        File.WriteAllBytes(Path.Combine(from.Path, "0.bin"), [1, 2, 3]);
        File.WriteAllBytes(Path.Combine(from.Path, "1.bin"), []);
        File.WriteAllBytes(Path.Combine(from.Path, "labels.nii.gz"), new byte[200_000]);

        using MemoryStream pack = Pack(from.Path);
        ArtifactPack.Read(pack, to.Path);

        Assert.Equal(Contents(from.Path), Contents(to.Path));
    }

    [Fact]
    public void Read_CutOffAnywhere_IsUnreadable()
    {
        using TempFolder from = new();
        File.WriteAllBytes(Path.Combine(from.Path, "0.bin"), [1, 2, 3]);
        File.WriteAllBytes(Path.Combine(from.Path, "1.bin"), [4]);
        byte[] whole = Pack(from.Path).ToArray();
        // The two empty blocks at the end say nothing.
        for (int length = 0; length < whole.Length - 1024 - 512; length += 256) AssertUnreadable(whole[..length]);
    }

    [Theory]
    [InlineData("../out.bin")]
    [InlineData("/tmp/mediseg-out.bin")]
    [InlineData("a/b.bin")]
    [InlineData(".lock")]
    public void Read_NameThatLeadsElsewhere_IsUnreadable(string name) => AssertUnreadable(Tar((name, TarEntryType.RegularFile, "x"), ("sha256sums", TarEntryType.RegularFile, "")));

    [Fact]
    public void Read_LinkOrWrongHashOrMissingFile_IsUnreadable()
    {
        AssertUnreadable(Tar(("0.bin", TarEntryType.SymbolicLink, ""), ("sha256sums", TarEntryType.RegularFile, "")));
        AssertUnreadable(Tar(("0.bin", TarEntryType.RegularFile, "x"), ("sha256sums", TarEntryType.RegularFile, new string('0', 64) + "  0.bin\n")));
        AssertUnreadable(Tar(("sha256sums", TarEntryType.RegularFile, new string('0', 64) + "  0.bin\n")));
        AssertUnreadable(Encoding.ASCII.GetBytes(new string('x', 3000)));
    }

    private static MemoryStream Pack(string folder)
    {
        MemoryStream pack = new();
        ArtifactPack.Write(pack, folder);
        pack.Position = 0;
        return pack;
    }

    private static byte[] Tar(params (string Name, TarEntryType Type, string Text)[] entries)
    {
        using MemoryStream file = new();
        using (TarWriter writer = new(file, TarEntryFormat.Pax, leaveOpen: true))
            foreach ((string name, TarEntryType type, string text) in entries)
                writer.WriteEntry(type == TarEntryType.SymbolicLink
                    ? new PaxTarEntry(type, name) { LinkName = "/etc/hostname" }
                    : new PaxTarEntry(type, name) { DataStream = new MemoryStream(Encoding.ASCII.GetBytes(text)) });
        return file.ToArray();
    }

    private static void AssertUnreadable(byte[] pack)
    {
        using TempFolder to = new();
        string inner = Directory.CreateDirectory(Path.Combine(to.Path, "inner")).FullName;
        using MemoryStream stream = new(pack);
        Assert.Equal(ErrorCode.ArtifactUnreadable, Assert.Throws<SegmentationException>(() => ArtifactPack.Read(stream, inner)).Code);
        Assert.Equal([inner], Directory.GetFileSystemEntries(to.Path));
    }

    private static IEnumerable<string> Contents(string folder) =>
        Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(path => Path.GetFileName(path) + Convert.ToHexString(File.ReadAllBytes(path)));
}
