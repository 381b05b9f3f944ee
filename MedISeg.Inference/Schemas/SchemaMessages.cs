using System.Globalization;
using NJsonSchema;
using NJsonSchema.Validation;

namespace MedISeg.Inference.Schemas;

/// <summary>Sentences for schema faults: what is allowed and what was given.</summary>
internal static class SchemaMessages
{
    /// <summary>For a key that is not known: the nearest one and all allowed ones.</summary>
    public static string UnknownKey(string name, IReadOnlyList<string> allowed)
    {
        string? near = allowed.Where(a => Distance(name, a) <= Math.Max(2, a.Length / 3)).MinBy(a => Distance(name, a));
        string hint = near is null ? "" : $"; did you mean {near}?";
        return allowed.Count == 0 ? "is not known; no key is allowed here" : $"is not known{hint} (allowed: {string.Join(", ", allowed)})";
    }

    /// <summary>For a value that must be one of some.</summary>
    public static string OneOf(IEnumerable<string> allowed, string? given) =>
        $"must be one of {string.Join(", ", allowed.Where(a => a.Length > 0))}" + Given(given);

    /// <summary>For any other fault.</summary>
    /// <param name="error">The fault.</param>
    /// <param name="given">The value as JSON; null where it is absent.</param>
    public static string Describe(ValidationError error, string? given)
    {
        JsonSchema schema = error.Schema.ActualSchema;
        return error.Kind switch
        {
            ValidationErrorKind.NotInEnumeration => OneOf(schema.Enumeration.Where(e => e is not null).Select(Text), given),
            ValidationErrorKind.PropertyRequired => "is missing",
            ValidationErrorKind.NumberTooSmall or ValidationErrorKind.NumberTooBig => $"must be {Range(schema)}" + Given(given),
            ValidationErrorKind.TooFewItems or ValidationErrorKind.TooManyItems => $"must have {Items(schema)} items" + Given(given),
            ValidationErrorKind.ItemsNotUnique => "must not hold an item twice" + Given(given),
            ValidationErrorKind.PatternMismatch =>
                (schema.Description is { } sense ? $"is not valid ({sense})" : "is not valid") + $"; it must match {schema.Pattern}" + Given(given),
            ValidationErrorKind.StringTooShort => "must not be empty",
            ValidationErrorKind.ObjectExpected => "must be an object" + Given(given),
            ValidationErrorKind.ArrayExpected => "must be a list" + Given(given),
            ValidationErrorKind.NumberExpected => "must be a number" + Given(given),
            ValidationErrorKind.IntegerExpected => "must be a whole number" + Given(given),
            ValidationErrorKind.StringExpected => "must be a text" + Given(given),
            ValidationErrorKind.BooleanExpected => "must be true or false" + Given(given),
            _ => "is not allowed" + Given(given),
        };
    }

    private static string Given(string? given) => given is null ? "" : $"; {given} was given";

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static string Range(JsonSchema schema)
    {
        List<string> bounds = [];
        if (schema.Minimum is { } min) bounds.Add($"at least {Text(min)}");
        if (schema.ExclusiveMinimum is { } above) bounds.Add($"above {Text(above)}");
        if (schema.Maximum is { } max) bounds.Add($"at most {Text(max)}");
        if (schema.ExclusiveMaximum is { } below) bounds.Add($"below {Text(below)}");
        return string.Join(" and ", bounds);
    }

    private static string Items(JsonSchema schema) => schema switch
    {
        { MinItems: 0, MaxItems: > 0 } => $"at most {schema.MaxItems}",
        { MaxItems: > 0 } when schema.MinItems == schema.MaxItems => $"{schema.MinItems}",
        { MaxItems: > 0 } => $"{schema.MinItems} to {schema.MaxItems}",
        _ => $"at least {schema.MinItems}",
    };

    /// <summary>Number of single-letter edits between two words.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
