namespace MedISeg.Training.Data.Augmentation;

/// <summary>Turns and enlarges a region about its middle, in voxels: which offset from the middle of the source an offset from the middle of
/// the patch shows.</summary>
/// <remarks>Angles are about the axes k, j and i, in this order from the left; a positive one turns the next axis towards the one after it
/// (k: height towards width, j: width towards depth, i: depth towards height). Voxels count, not mm, as in nnU-Net.</remarks>
internal readonly record struct VoxelTransform
{
    private readonly double _kk, _kj, _ki, _jk, _jj, _ji, _ik, _ij, _ii;

    /// <summary>Makes a transform.</summary>
    /// <param name="angleK">Radians about the depth axis.</param>
    /// <param name="angleJ">Radians about the height axis.</param>
    /// <param name="angleI">Radians about the width axis.</param>
    /// <param name="depth">Extent of the region shown, as a multiple of the patch's, above 0.</param>
    /// <param name="plane">The same for height and width.</param>
    public VoxelTransform(double angleK, double angleJ, double angleI, double depth, double plane)
    {
        (double sk, double ck) = Math.SinCos(angleK);
        (double sj, double cj) = Math.SinCos(angleJ);
        (double si, double ci) = Math.SinCos(angleI);
        (_kk, _kj, _ki) = (depth * cj * ci, -plane * cj * si, plane * sj);
        (_jk, _jj, _ji) = (depth * (ck * si + sk * sj * ci), plane * (ck * ci - sk * sj * si), -plane * sk * cj);
        (_ik, _ij, _ii) = (depth * (sk * si - ck * sj * ci), plane * (sk * ci + ck * sj * si), plane * ck * cj);
    }

    /// <summary>Offset in the source, order (k, j, i).</summary>
    public (double K, double J, double I) Apply(double k, double j, double i) =>
        (_kk * k + _kj * j + _ki * i, _jk * k + _jj * j + _ji * i, _ik * k + _ij * j + _ii * i);
}
