using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Formats;

/// <summary>An image and the format it came in.</summary>
/// <param name="Volume">The voxels and their geometry.</param>
/// <param name="Format">What the first bytes of the file said.</param>
public sealed record ImageFile(Volume Volume, ImageFormat Format);
