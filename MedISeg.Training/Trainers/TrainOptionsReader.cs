using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Trainers;

/// <summary>Reads training options strictly by docs/schemas/train.schema.json.</summary>
internal static class TrainOptionsReader
{
    private static readonly OptionsReader<TrainOptions> Reader = new("train.schema.json", "training options", options => options.Check());

    /// <summary>Reads a file.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: unknown keys or values that are not allowed; all are named.</exception>
    public static TrainOptions Read(string path) => Reader.Read(path);

    /// <summary>Reads a text.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static TrainOptions Parse(string json) => Reader.Parse(json);

    /// <inheritdoc cref="OptionsReader{T}.Checked"/>
    public static TrainOptions Checked(TrainOptions options) => Reader.Checked(options);
}
