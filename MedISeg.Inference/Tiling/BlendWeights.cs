using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;

namespace MedISeg.Inference.Tiling;

/// <summary>Weights over a patch: the product of one factor an axis, but at least <see cref="Floor"/>.</summary>
public sealed class BlendWeights
{
    private readonly float[][] _factors;

    private BlendWeights(float[][] factors, float floor)
    {
        _factors = factors;
        Floor = floor;
    }

    /// <summary>Smallest weight: 1e-3 of the largest product for a Gaussian, 1 for uniform weights.</summary>
    public float Floor { get; }

    /// <summary>Factors along an axis: 0 = k, 1 = j, 2 = i; as many as the patch is long.</summary>
    public ReadOnlySpan<float> Factors(int axis) => _factors[axis];

    /// <summary>Weight of a voxel of the patch.</summary>
    public float this[int k, int j, int i] => Math.Max(_factors[0][k] * _factors[1][j] * _factors[2][i], Floor);

    /// <summary>Creates weights.</summary>
    /// <param name="kind">gaussian: sigma = side / 8, centred at (side - 1) / 2, single precision; uniform: all 1.</param>
    /// <param name="patch">Extent of a patch.</param>
    public static BlendWeights Create(BlendKind kind, GridSize patch)
    {
        float[][] factors = new float[3][];
        for (int axis = 0; axis < 3; axis++)
        {
            factors[axis] = new float[patch[axis]];
            double sigma = patch[axis] / 8.0, centre = (patch[axis] - 1) / 2.0;
            for (int n = 0; n < patch[axis]; n++)
            {
                double distance = (n - centre) / sigma;
                factors[axis][n] = kind == BlendKind.Uniform ? 1 : (float)Math.Exp(-0.5 * distance * distance);
            }
        }
        float largest = factors[0].Max() * factors[1].Max() * factors[2].Max();
        return new BlendWeights(factors, kind == BlendKind.Uniform ? 1 : 1e-3f * largest);
    }
}
