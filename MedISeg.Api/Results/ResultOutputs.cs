using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;

namespace MedISeg.Api.Results;

/// <summary>What a result may consist of, as <c>?output=</c> names it.</summary>
internal static class ResultOutputs
{
    /// <summary>The label map.</summary>
    public const string Labels = "labels";

    /// <summary>Maps of uncertainty and probability.</summary>
    public static IReadOnlyList<string> Maps { get; } =
        [.. Enum.GetValues<OutputKind>().Where(OutputKinds.IsMap).Select(OutputKinds.Name)];

    /// <summary>Reads <c>?output=</c>; null or empty: the label map.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.MalformedRequest"/>: another name.</exception>
    public static string Parse(string? output)
    {
        if (string.IsNullOrEmpty(output) || output == Labels) return Labels;
        return Maps.Contains(output)
            ? output
            : throw new SegmentationException(ErrorCode.MalformedRequest, $"output must be one of {Labels}, {string.Join(", ", Maps)}.");
    }
}
