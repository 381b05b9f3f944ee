using System.Text.Json;

namespace MedISeg.Inference.Options;

/// <summary>What follows from an output's kind.</summary>
public static class OutputKinds
{
    /// <summary>Whether it is a map of values beside the label map.</summary>
    public static bool IsMap(this OutputKind kind) => kind is not (OutputKind.Labels or OutputKind.VolumeVariation or OutputKind.Overlay);

    /// <summary>Whether it follows from the mean scores; other maps compare samples.</summary>
    internal static bool IsOfMean(this OutputKind kind) => kind is OutputKind.Entropy or OutputKind.Probability;

    /// <summary>Its name as options and requests spell it.</summary>
    public static string Name(this OutputKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());
}
