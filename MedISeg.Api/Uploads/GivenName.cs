namespace MedISeg.Api.Uploads;

/// <summary>Repeats a name that a request gave only where it reads like a misspelt keyword: anything else might be a person's.</summary>
internal static class GivenName
{
    private const int Longest = 24;

    /// <summary>The name in quotes, or its place.</summary>
    /// <param name="name">As the request gave it.</param>
    /// <param name="what">What it names, e.g. form part.</param>
    /// <param name="place">Which one, from 1.</param>
    public static string Of(string name, string what, int place) =>
        name.Length is > 0 and <= Longest && name.All(char.IsAsciiLetter) ? $"{what} '{name}'" : $"{what} {place}";
}
