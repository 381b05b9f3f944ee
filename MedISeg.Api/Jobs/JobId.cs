using System.Buffers;
using System.Security.Cryptography;

namespace MedISeg.Api.Jobs;

/// <summary>Ids of jobs: 128 random bits as 32 lower-case hexadecimal digits, so that they cannot be guessed and are safe as folder names.</summary>
internal static class JobId
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>A new id.</summary>
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Whether a text has the form of an id.</summary>
    public static bool IsValid(string text) => text.Length == 32 && text.AsSpan().IndexOfAnyExcept(Digits) < 0;
}
