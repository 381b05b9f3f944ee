namespace MedISeg.Inference.Reports;

/// <summary>How the volume of a class differs from member to member.</summary>
/// <param name="Label">Value in the label map; with regions of the region that it is painted as.</param>
/// <param name="MeanMl">Mean of the members' volumes, weighted, ml.</param>
/// <param name="DeviationMl">Standard deviation, weighted, ml.</param>
/// <param name="Coefficient">Deviation over mean; null where no member found the class.</param>
public sealed record VolumeVariation(int Label, double MeanMl, double DeviationMl, double? Coefficient);
