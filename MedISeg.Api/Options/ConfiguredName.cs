using System.Text.RegularExpressions;

namespace MedISeg.Api.Options;

/// <summary>Names that an operator gives: lower-case letters, digits and hyphens, at most 63. They are fit for logs and addresses.</summary>
internal static partial class ConfiguredName
{
    /// <summary>What a whole name matches.</summary>
    public const string Pattern = "^[a-z0-9][a-z0-9-]{0,62}$";

    /// <summary>Whether a text is such a name.</summary>
    public static bool IsValid(string text) => Expression().IsMatch(text);

    [GeneratedRegex(Pattern)]
    private static partial Regex Expression();
}
