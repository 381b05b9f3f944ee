using System.Text.RegularExpressions;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;

namespace MedISeg.Training.Data;

/// <summary>How the files of a data set are read; key <c>data</c> of the training options.</summary>
public sealed record DataOptions
{
    /// <summary>Layout of the folder; null: by what is there. Default null.</summary>
    public DataFormat? Format { get; init; }

    /// <summary>How stored label values become class ids. Default values.</summary>
    public LabelRule Labels { get; init; }

    /// <summary>Class id of stored values, 0..65535 both; values that are not named stay. Null: all stay. Default null.</summary>
    public IReadOnlyDictionary<int, int>? LabelValues { get; init; }

    /// <summary>Channels of grey and colour images. Default stored.</summary>
    public ColourRule Colours { get; init; }

    /// <summary>Regular expression on case names: its first group, or the whole match, is the patient, whose cases stay in one fold. Null:
    /// the reader's patients, or every case by itself. Default null.</summary>
    public string? GroupPattern { get; init; }

    /// <summary>Regular expression on case names: its first group, or the whole match, is the kind, for reports and stratification.
    /// Default null: the reader's kinds, or none.</summary>
    public string? KindPattern { get; init; }

    /// <summary>What is spread evenly over folds. Default kind.</summary>
    public StratifyRule Stratify { get; init; }

    /// <summary>Names of cases that are left out. Default none.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>kits19: whether cases 15, 23, 37, 68, 125 and 133, which the paper drops, are kept. Default false.</summary>
    public bool KeepAll { get; init; }

    /// <summary>What does not fit; empty: nothing.</summary>
    internal IEnumerable<KeyError> Check()
    {
        if (Labels == LabelRule.Positive && LabelValues is not null)
            yield return new KeyError("data.labelValues", "positive makes every value above 0 class 1; leave one of the two out.");
        if (LabelValues?.Any(pair => pair.Key is < 0 or > ushort.MaxValue || pair.Value is < 0 or > ushort.MaxValue) == true)
            yield return new KeyError("data.labelValues", "Whole numbers 0..65535 are needed on both sides.");
        if (GroupPattern is not null && Compile(GroupPattern) is null)
            yield return new KeyError("data.groupPattern", "This is no regular expression (without look-around and back-references).");
        if (KindPattern is not null && Compile(KindPattern) is null)
            yield return new KeyError("data.kindPattern", "This is no regular expression (without look-around and back-references).");
    }

    /// <summary>The expression; null: not one.</summary>
    internal static Regex? Compile(string pattern)
    {
        try
        {
            // Linear in the name's length, whatever the expression.
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
