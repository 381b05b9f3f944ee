using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MedISeg.Dicom;
using MedISeg.Dicom.Pixels;
using MedISeg.Imaging.Errors;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Dicom.Pixels;

/// <summary>Every file of the corpus against what pydicom made of it; what differs stands in corpus-exceptions.tsv with its reason.</summary>
public sealed class CorpusPixelTests
{
    private const int MostRefused = 12;

    [Fact]
    public void Decode_EveryFileOfTheCorpus_IsTheReferenceOrAListedException()
    {
        string folder = Path.GetDirectoryName(DataFolder.Require("dicom-expected.csv"))!;
        Dictionary<string, string> exceptions = Exceptions();
        HashSet<string> seen = [];
        List<string> faults = [];
        Dictionary<string, int> counts = [];
        using FrameDecoder decoder = new();
        Dictionary<string, string[]> references = File.ReadLines(Path.Combine(folder, "dicom-expected.csv")).Skip(1).Select(Fields)
            .ToDictionary(row => row[0], row => row[^1].Split('|')).Where(row => row.Value[^1].Length == 40).ToDictionary();
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(folder, "dicom-corpus"), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file)).Union(references.Keys).Order(StringComparer.Ordinal)];
        foreach (string path in files)
        {
            bool hasHash = references.TryGetValue(path, out string[]? reference);
            // The reference hashes native words of 32 bits and floating point as doubles.
            bool asDouble = reference?[1] is "uint32" or "float32" or "float64";
            string found = Outcome(Path.Combine(folder, path), decoder, asDouble);
            string verdict = found == reference?[^1] ? "equal" : found.StartsWith("refused", StringComparison.Ordinal) ? "refused" : "different";
            string kind = exceptions.GetValueOrDefault(path, "");
            if (kind.Length > 0) seen.Add(path);
            string outcome = (hasHash, verdict, kind) switch
            {
                (true, "equal", "") => "equal",
                (true, "refused", "refused") => "refused",
                (true, "different", "reference wrong") => kind,
                (false, "refused", "") => "no hash, refused",
                (false, "different", "") => "no hash, decoded",
                _ => "FAULT",
            };
            counts[outcome] = counts.GetValueOrDefault(outcome) + 1;
            if (outcome == "FAULT") faults.Add($"{path}: {verdict}, listed as '{kind}': {found}");
        }
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", counts.Select(count => $"{count.Key} {count.Value}")));
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Equal(exceptions.Keys.Order(), seen.Order());
        Assert.InRange(counts.GetValueOrDefault("refused"), 0, MostRefused);
        Assert.InRange(counts["equal"], 230, int.MaxValue);
    }

    [Theory]
    [InlineData("pydicom_data/liver_rle.dcm", "pydicom_data/liver.dcm")]
    [InlineData("pydicom_data/liver_j2k.dcm", "pydicom_data/liver.dcm")]
    [InlineData("pydicom_data/liver_deflate.dcm", "pydicom_data/liver.dcm")]
    [InlineData("pydicom_data/liver_nonbyte_aligned_rle.dcm", "pydicom_data/liver_nonbyte_aligned.dcm")]
    [InlineData("pydicom_data/liver_nonbyte_aligned_j2k.dcm", "pydicom_data/liver_nonbyte_aligned.dcm")]
    [InlineData("pydicom_data/liver_nonbyte_aligned_deflate.dcm", "pydicom_data/liver_nonbyte_aligned.dcm")]
    [InlineData("pydicom_data/OBXXXX1A_expb.dcm", "pydicom_data/OBXXXX1A.dcm")]
    [InlineData("pydicom_data/OBXXXX1A_expb_2frame.dcm", "pydicom_data/OBXXXX1A_2frame.dcm")]
    [InlineData("pydicom/test_files/SC_rgb_small_odd_big_endian.dcm", "pydicom/test_files/SC_rgb_small_odd.dcm")]
    public void Decode_WhatTheReferenceCannot_IsTheSameImageInLittleEndian(string path, string native)
    {
        string folder = DataFolder.Require("dicom-corpus");
        using FrameDecoder decoder = new();
        string expected = Outcome(Path.Combine(folder, native), decoder, asDouble: false);
        Assert.Equal(40, expected.Length);
        Assert.Equal(expected, Outcome(Path.Combine(folder, path), decoder, asDouble: false));
    }

    /// <summary>SHA-1 of all frames as 32-bit integers or as doubles, or the code of the refusal.</summary>
    private static string Outcome(string path, FrameDecoder decoder, bool asDouble)
    {
        try
        {
            DicomPixelData pixels = DicomPixelData.Create(DicomFile.Open(path).Dataset);
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
            for (int frame = 0; frame < pixels.NumberOfFrames; frame++)
                hash.AppendData(Widen(decoder.Decode(pixels, frame, TestContext.Current.CancellationToken), pixels, asDouble));
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (SegmentationException exception)
        {
            return $"refused {exception.Code}: {exception.Message}";
        }
    }

    private static byte[] Widen(byte[] samples, DicomPixelData pixels, bool asDouble)
    {
        int bytes = Math.Max(1, pixels.BitsAllocated / 8);
        if (asDouble && bytes == 4)
        {
            double[] doubles = new double[samples.Length / 4];
            for (int i = 0; i < doubles.Length; i++)
                doubles[i] = pixels.IsFloat ? BitConverter.ToSingle(samples, 4 * i) : (double) BitConverter.ToUInt32(samples, 4 * i);
            return MemoryMarshal.AsBytes(doubles.AsSpan()).ToArray();
        }
        if (bytes >= 4) return samples;
        byte[] wide = new byte[samples.Length / bytes * 4];
        for (int from = 0, to = 0; from < samples.Length; from += bytes, to += 4)
        {
            int value = (bytes, pixels.IsSigned) switch
            {
                (1, false) => samples[from],
                (1, true) => (sbyte)samples[from],
                (_, false) => BitConverter.ToUInt16(samples, from),
                _ => BitConverter.ToInt16(samples, from),
            };
            BitConverter.TryWriteBytes(wide.AsSpan(to), value);
        }
        return wide;
    }

    private static Dictionary<string, string> Exceptions()
    {
        Dictionary<string, string> found = [];
        foreach (string line in File.ReadLines(RepositoryRoot.Of("MedISeg.Tests", "Dicom", "Pixels", "corpus-exceptions.tsv")))
        {
            if (line.StartsWith('#')) continue;
            string[] fields = line.Split('\t');
            Assert.True(fields.Length == 3 && fields[2].Length > 10, line);
            found.Add(fields[0], fields[1]);
        }
        return found;
    }

    private static string[] Fields(string line)
    {
        List<string> fields = [];
        StringBuilder field = new();
        bool quoted = false;
        foreach (char c in line)
        {
            if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else field.Append(c);
        }
        fields.Add(field.ToString());
        return [.. fields];
    }
}
