using MedISeg.Imaging.Errors;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Gan;

/// <summary>Reads options of train-gan strictly by docs/schemas/train-gan.schema.json.</summary>
internal static class GanOptionsReader
{
    // What must fit the training is checked once both are known.
    private static readonly OptionsReader<GanOptions> Reader = new("train-gan.schema.json", "GAN options", _ => { });

    /// <summary>Reads a file.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: unknown keys or values that are not allowed; all are named.</exception>
    public static GanOptions Read(string path) => Reader.Read(path);

    /// <inheritdoc cref="OptionsReader{T}.Checked"/>
    public static GanOptions Checked(GanOptions options) => Reader.Checked(options);
}
