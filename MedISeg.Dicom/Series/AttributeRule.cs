using System.Globalization;
using System.Text.RegularExpressions;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Series;

/// <summary>A condition on one attribute of a series, by which it is routed: a range of numbers or a regular expression.</summary>
public sealed class AttributeRule
{
    private const string Dots = "..";

    /// <summary>A pattern that takes longer counts as not matching: values come from files.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly DicomTag _tag;
    private readonly double _least = double.NegativeInfinity, _most = double.PositiveInfinity;
    private readonly Regex? _pattern;

    /// <summary>Reads a condition.</summary>
    /// <param name="keyword">DICOM keyword of an attribute of text or numbers, such as SliceThickness.</param>
    /// <param name="condition"><c>0.5..3</c>, <c>..3</c> or <c>0.5..</c>: numbers, both ends included; else a regular expression that a value
    /// must match wholly, case ignored.</param>
    /// <exception cref="ArgumentException">There is no such attribute, or the condition is neither.</exception>
    public AttributeRule(string keyword, string condition)
    {
        if (DicomDictionary.TagOf(keyword) is not { } tag || DicomVR.Find(DicomDictionary.RepresentationOf(tag)[..2]) is not { } representation
            || representation.Code is "SQ" or "AT" || representation is { HasLongLength: true, IsString: false })
            throw new ArgumentException($"'{keyword}' is not the DICOM keyword of an attribute of text or numbers, such as Modality.", nameof(keyword));
        _tag = tag;
        int dots = condition.IndexOf(Dots, StringComparison.Ordinal);
        if (dots >= 0 && IsEnd(condition[..dots], ref _least) && IsEnd(condition[(dots + Dots.Length)..], ref _most) && condition.Length > Dots.Length)
        {
            if (_least > _most) throw new ArgumentException($"The range of '{keyword}' begins above its end.", nameof(condition));
            return;
        }
        try
        {
            _pattern = new Regex($@"\A(?:{condition})\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"The condition of '{keyword}' is neither a range of numbers nor a regular expression.", nameof(condition), e);
        }
    }

    /// <summary>Whether the attribute is there and one of its values fits.</summary>
    public bool Fits(DicomDataset header)
    {
        try
        {
            return header.TryGetValues(_tag, out string[]? values) && values.Any(Fits);
        }
        catch (SegmentationException)
        {
            // Damaged values fit nothing.
            return false;
        }
    }

    private bool Fits(string value)
    {
        if (_pattern is null)
            return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= _least && number <= _most;
        try
        {
            return _pattern.IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>Whether a text is the end of a range; an empty one leaves it open.</summary>
    private static bool IsEnd(string text, ref double end)
    {
        if (text.Length == 0) return true;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number)) return false;
        end = number;
        return true;
    }
}
