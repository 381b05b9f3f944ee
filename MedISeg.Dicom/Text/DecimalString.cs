using System.Globalization;

namespace MedISeg.Dicom.Text;

/// <summary>Numbers as DS and IS spell them. Source: PS3.5 section 6.2.</summary>
internal static class DecimalString
{
    private const int Longest = 16;
    private const int MostDigits = 17;

    /// <summary>The shortest text that reads back as the same number, or else the nearest of at most 16 characters.</summary>
    /// <exception cref="ArgumentException">The number is not finite.</exception>
    public static string Text(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentException("A decimal string holds finite numbers only.", nameof(value));
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        if (shortest.Length <= Longest) return shortest;
        // Of so many significant digits the plain and the exponential spelling differ in length only.
        for (int digits = MostDigits; digits > 0; digits--)
        {
            string exponential = Exponential(value, digits);
            string plain = Plain(exponential);
            if (plain.Length <= Longest) return plain;
            if (exponential.Length <= Longest) return exponential;
        }
        throw new ArgumentOutOfRangeException(nameof(value));
    }

    /// <summary>An integer string.</summary>
    /// <exception cref="ArgumentException">The number has no whole value of 32 bits.</exception>
    public static string Integer(double value) => value == Math.Floor(value) && value is >= int.MinValue and <= int.MaxValue
        ? ((int)value).ToString(CultureInfo.InvariantCulture)
        : throw new ArgumentException("An integer string holds whole numbers of 32 bits only.", nameof(value));

    /// <summary>The number of a text; false: it is none, or not finite.</summary>
    public static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    /// <summary>E.g. <c>-1.25E-7</c>: no zeros at the end of the fraction, none before the exponent.</summary>
    private static string Exponential(double value, int digits)
    {
        string[] parts = value.ToString("E" + (digits - 1).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).Split('E');
        string mantissa = parts[0].Contains('.', StringComparison.Ordinal) ? parts[0].TrimEnd('0').TrimEnd('.') : parts[0];
        return mantissa + "E" + int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The same digits without an exponent; over 16 characters where they do not fit.</summary>
    private static string Plain(string exponential)
    {
        string[] parts = exponential.Split('E');
        int exponent = int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (Math.Abs(exponent) > Longest) return new string('0', Longest + 1);
        string sign = parts[0][0] == '-' ? "-" : "";
        string digits = parts[0].TrimStart('-').Replace(".", "", StringComparison.Ordinal);
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        digits = digits.PadRight(exponent + 1, '0');
        return digits.Length == exponent + 1 ? sign + digits : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }
}
