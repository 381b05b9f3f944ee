namespace MedISeg.Inference.Reports;

/// <summary>What was found of one class.</summary>
/// <param name="Label">Value in the label map.</param>
/// <param name="Name">Class name.</param>
/// <param name="Colour">#rrggbb or null.</param>
/// <param name="Voxels">Voxels on the source grid.</param>
/// <param name="VolumeMl">Volume in ml (cubic centimetres).</param>
/// <param name="TouchesBorder">Whether it touches the border of the image, so that it may be cut off; for planar images the plane's own faces do not count.</param>
public sealed record SegmentMeasurement(int Label, string Name, string? Colour, long Voxels, double VolumeMl, bool TouchesBorder);
