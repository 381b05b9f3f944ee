using System.Text.Json.Serialization;

namespace MedISeg.Training.Pretraining;

/// <summary>Ways to learn from images without labels.</summary>
public enum PretrainMethod
{
    /// <summary>The network restores images whose intensities were bent, shuffled and painted over; any U-Net, all but its head.</summary>
    ModelsGenesis,
    /// <summary>Two views of an image shall be more alike than those of other images of the batch; encoders of convolutions.</summary>
    [JsonStringEnumMemberName("simclr")] SimClr,
    /// <summary>The same against a queue of earlier views, seen by a slowly following copy of the encoder.</summary>
    MocoV2,
    /// <summary>A vision transformer fills in blocks that it does not see.</summary>
    Mae,
}
