using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Trainers;

/// <summary>Reads training options strictly by docs/schemas/train.schema.json.</summary>
internal static class TrainOptionsReader
{
    private static readonly SchemaReader<TrainOptions> Reader = new("train.schema.json", "The training options");

    /// <summary>Reads a file.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: unknown keys or values that are not allowed; all are named.</exception>
    public static TrainOptions Read(string path)
    {
        if (!File.Exists(path)) throw new SegmentationException(ErrorCode.InvalidOption, "The training options file does not exist; name another one.");
        return Parse(File.ReadAllText(path));
    }

    /// <summary>Reads a text.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static TrainOptions Parse(string json)
    {
        TrainOptions options = Reader.Parse(json);
        options.Check();
        return options;
    }
}
