using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Runtime;

namespace MedISeg.Training.Data.Splits;

/// <summary>One scoring of a test set.</summary>
/// <param name="Package">Name and version of what was scored.</param>
/// <param name="PackageSha256">Its hash.</param>
/// <param name="TestSha256">Hash of the test set's names.</param>
/// <param name="At">When.</param>
internal sealed record TestUse(string Package, string PackageSha256, string TestSha256, DateTimeOffset At)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Hash of a test set: of its names in ordinal order, one a line.</summary>
    public static string HashOf(DataSplit split) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', split.Test.Order(StringComparer.Ordinal)))));

    /// <summary>Adds a use to a file.</summary>
    /// <param name="path">Made where it is missing.</param>
    /// <param name="use">The use.</param>
    /// <returns>Earlier uses of the same test set, in order.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the file is not as this writes it.</exception>
    public static IReadOnlyList<TestUse> Record(string path, TestUse use)
    {
        TestUse[] uses;
        try
        {
            uses = File.Exists(path) ? JsonSerializer.Deserialize<TestUse[]>(File.ReadAllText(path), Json) ?? [] : [];
        }
        catch (JsonException)
        {
            throw new SegmentationException(ErrorCode.InvalidOption, $"{path} is not a record of test uses; restore it.");
        }
        AtomicFile.Write(path, file => file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize<TestUse[]>([.. uses, use], Json) + "\n")));
        return [.. uses.Where(u => u.TestSha256 == use.TestSha256)];
    }
}
