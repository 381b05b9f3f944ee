namespace MedISeg.Training.Planning;

/// <summary>All configurations for a data set.</summary>
/// <param name="Orientation">Directions in which i, j and k of the network's grid grow; null: as stored (single planes).</param>
/// <param name="Configurations">2d, 3d-fullres, 3d-lowres, as far as they make sense.</param>
/// <param name="Reasons">Why spacing, axes and configurations are so, one sentence each.</param>
internal sealed record DatasetPlan(string? Orientation, IReadOnlyList<ConfigurationPlan> Configurations, IReadOnlyList<string> Reasons);
