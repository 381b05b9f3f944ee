namespace MedISeg.Inference.Reports;

/// <summary>How far a member can be trusted, as estimated.</summary>
/// <param name="Member">Place of the member in the package.</param>
/// <param name="Sensitivity">Class or region by its label: the share of its true voxels that the member finds, in [0, 1]; without those that no member says.</param>
public sealed record MemberTrust(int Member, IReadOnlyDictionary<int, double> Sensitivity);
