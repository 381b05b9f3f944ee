namespace MedISeg.Inference.Preprocessing;

/// <summary>An image as a network sees it.</summary>
/// <param name="Channels">One array a channel on <see cref="GridMapping.Model"/>, row-major (k, j, i), normalised; owned by the receiver.</param>
/// <param name="Mapping">The grids, and with them the way back.</param>
public sealed record PreparedImage(IReadOnlyList<float[]> Channels, GridMapping Mapping);
