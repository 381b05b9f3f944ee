namespace MedISeg.Training.Evaluation.Calibration;

/// <summary>Logits of some voxels and what is true there.</summary>
/// <param name="Channels">Score channels: one a class, or one a region.</param>
/// <param name="Values">Shape [voxels, channels], unitless, at temperature 1.</param>
/// <param name="Truth">With <paramref name="Regions"/> a set of channels (bit c for channel c), else the channel that is true; one a voxel.</param>
/// <param name="Regions">Whether each channel says of one region whether it is present (sigmoid); otherwise they exclude each other (softmax).</param>
internal sealed record VoxelLogits(int Channels, float[] Values, ulong[] Truth, bool Regions)
{
    /// <summary>Most regions whose presence fits into a truth.</summary>
    public const int MostRegions = 64;

    /// <summary>All voxels of several cases of one package, in order; at least one case.</summary>
    public static VoxelLogits Join(IReadOnlyList<VoxelLogits> cases) => cases[0] with
    {
        Values = [.. cases.SelectMany(one => one.Values)],
        Truth = [.. cases.SelectMany(one => one.Truth)],
    };
}
