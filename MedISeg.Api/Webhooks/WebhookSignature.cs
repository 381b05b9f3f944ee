using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MedISeg.Api.Webhooks;

/// <summary>Signatures by the scheme of Standard Webhooks: HMAC-SHA-256 over <c>ID.TIMESTAMP.BODY</c>.</summary>
internal static class WebhookSignature
{
    /// <summary>What a secret looks like.</summary>
    public const string SecretForm = "'whsec_' and the base64 of 24 to 64 bytes";

    private const string Prefix = "whsec_";

    private const int ShortestSecret = 24, LongestSecret = 64;

    /// <summary>Whether a text is a secret.</summary>
    public static bool IsSecret(string text)
    {
        Span<byte> key = stackalloc byte[LongestSecret];
        return text.StartsWith(Prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(text[Prefix.Length..], key, out int length) && length >= ShortestSecret;
    }

    /// <summary>The header <c>webhook-signature</c>: one signature a secret.</summary>
    /// <param name="secrets">Secrets as configured.</param>
    /// <param name="id">The header <c>webhook-id</c>.</param>
    /// <param name="timestamp">The header <c>webhook-timestamp</c>, seconds since 1970.</param>
    /// <param name="body">The body.</param>
    public static string Of(IEnumerable<string> secrets, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        byte[] content = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")), .. body];
        return string.Join(' ', secrets.Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[Prefix.Length..]), content))));
    }
}
