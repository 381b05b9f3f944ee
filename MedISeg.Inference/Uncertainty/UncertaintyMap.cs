using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;

namespace MedISeg.Inference.Uncertainty;

/// <summary>One map of uncertainty or probability.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Values">One channel of single-precision values on the image's grid: 0 is certain, or impossible; entropy, disagreement, mutual
/// information and probability reach 1 at most, variance 0.25. Voxels outside the part that the network saw are 0.</param>
public sealed record UncertaintyMap(OutputKind Kind, Volume Values);
