using System.Security.Cryptography;
using MedISeg.Api.Artifacts;
using MedISeg.Api.Hosting;
using MedISeg.Imaging.Errors;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Api.Artifacts;

public sealed class SealedFormatTests
{
    private const string Name = "0123/input";

    private static readonly byte[] First = RandomNumberGenerator.GetBytes(32), Second = RandomNumberGenerator.GetBytes(32);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(65537)]
    [InlineData(131072)]
    [InlineData(200001)]
    public void Read_WhatWasWritten_IsTheSame(int length)
    {
        byte[] plain = Bytes(length);

        byte[] kept = Seal(plain, new ArtifactKeys([First]));

        int chunks = Math.Max(1, (length + 65535) / 65536);
        Assert.Equal(48 + length + 16 * chunks, kept.Length);
        Assert.Equal(plain, Open(kept, new ArtifactKeys([First])));
        if (length > 16) Assert.Equal(-1, kept.AsSpan().IndexOf(plain.AsSpan(0, 16)));
    }

    [Fact]
    public void Write_SameTwice_IsNotTheSame() =>
        Assert.NotEqual(Seal(Bytes(100), new ArtifactKeys([First]))[48..], Seal(Bytes(100), new ArtifactKeys([First]))[48..]);

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(20)]
    [InlineData(48)]
    [InlineData(48 + 65536)]
    [InlineData(48 + 65552 + 65552 - 1)]
    [InlineData(48 + 65552 + 65552 + 7)]
    public void Read_OneBitChanged_IsUnreadable(int place)
    {
        byte[] kept = Seal(Bytes(140000), new ArtifactKeys([First]));
        kept[place] ^= 4;

        AssertUnreadable(kept, new ArtifactKeys([First]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(47)]
    [InlineData(48)]
    [InlineData(48 + 15)]
    [InlineData(48 + 65552)]
    [InlineData(48 + 2 * 65552)]
    [InlineData(48 + 2 * 65552 + 16)]
    public void Read_CutOff_IsUnreadable(int length)
    {
        byte[] kept = Seal(Bytes(140000), new ArtifactKeys([First]));

        AssertUnreadable(kept[..length], new ArtifactKeys([First]));
    }

    [Fact]
    public void Read_ChunksExchangedOrMoreBehindThem_IsUnreadable()
    {
        byte[] kept = Seal(Bytes(140000), new ArtifactKeys([First]));
        byte[] exchanged = [.. kept[..48], .. kept[(48 + 65552)..(48 + 2 * 65552)], .. kept[48..(48 + 65552)], .. kept[(48 + 2 * 65552)..]];

        AssertUnreadable(exchanged, new ArtifactKeys([First]));
        AssertUnreadable([.. kept, 0], new ArtifactKeys([First]));
    }

    [Fact]
    public void Read_UnderAnotherName_IsUnreadable()
    {
        byte[] kept = Seal(Bytes(100), new ArtifactKeys([First]));

        AssertUnreadable(kept, new ArtifactKeys([First]), "0124/input");
        AssertUnreadable(kept, new ArtifactKeys([First]), "0123/result-1");
    }

    [Fact]
    public void Read_KeysWereRotated_OldOnesStillDecrypt()
    {
        byte[] old = Seal(Bytes(100), new ArtifactKeys([First]));
        ArtifactKeys rotated = new([Second, First]);

        Assert.Equal(Bytes(100), Open(old, rotated));
        byte[] young = Seal(Bytes(100), rotated);
        Assert.Equal(Bytes(100), Open(young, new ArtifactKeys([Second])));
        AssertUnreadable(young, new ArtifactKeys([First]));
        AssertUnreadable(old, new ArtifactKeys([Second]));
    }

    [Fact]
    public void Read_KeyFile_TakesBothSpellings()
    {
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "keys");
        File.WriteAllText(path, Convert.ToHexString(Second) + "\r\n\n  " + Convert.ToBase64String(First) + "\n");

        ArtifactKeys keys = ArtifactKeys.Read(path);

        Assert.Equal(Second, keys.Current);
        Assert.Equal(First, keys.Find(ArtifactKeys.IdOf(First)));
    }

    [Theory]
    [InlineData("", "holds no key")]
    [InlineData("CANARYCANARY", "Line 1")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nzz", "Line 2")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "Line 1")]
    [InlineData("0g0102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f", "Line 1")]
    public void Read_NoKeyFile_IsRefusedWithoutItsText(string text, string reason)
    {
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "keys");
        File.WriteAllText(path, text);

        StartRefusedException refused = Assert.Throws<StartRefusedException>(() => ArtifactKeys.Read(path));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", refused.Message, StringComparison.Ordinal);
        Assert.Throws<StartRefusedException>(() => ArtifactKeys.Read(path + "-absent"));
    }

    private static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Seal(byte[] plain, ArtifactKeys keys)
    {
        using MemoryStream kept = new();
        using SealedWriter writer = new(kept, keys, Name);
        // In pieces that fit no chunk.
        for (int start = 0; start < plain.Length; start += 1000) writer.Write(plain.AsSpan(start, Math.Min(1000, plain.Length - start)));
        writer.Complete();
        return kept.ToArray();
    }

    private static byte[] Open(byte[] kept, ArtifactKeys keys, string name = Name)
    {
        using MemoryStream source = new(kept), plain = new();
        using SealedReader reader = new(source, keys, name);
        reader.CopyTo(plain);
        return plain.ToArray();
    }

    private static void AssertUnreadable(byte[] kept, ArtifactKeys keys, string name = Name) =>
        Assert.Equal(ErrorCode.ArtifactUnreadable, Assert.Throws<SegmentationException>(() => Open(kept, keys, name)).Code);
}
