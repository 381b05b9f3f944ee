namespace MedISeg.Imaging.Phantoms;

/// <summary>Smooth mottling in [-1, 1] fixed to the patient: random values on a periodic lattice, joined linearly.</summary>
internal sealed class PhantomTexture
{
    private const int Side = 32;
    private const double CellMm = 6.5;
    private readonly float[] _lattice = new float[Side * Side * Side];

    public PhantomTexture(PhantomRandom random)
    {
        for (int n = 0; n < _lattice.Length; n++) _lattice[n] = (float)random.Uniform(-1, 1);
    }

    /// <summary>Value at a place in mm.</summary>
    public float At(double x, double y, double z)
    {
        x /= CellMm;
        y /= CellMm;
        z /= CellMm;
        double fx = Math.Floor(x), fy = Math.Floor(y), fz = Math.Floor(z);
        float u = (float)(x - fx), v = (float)(y - fy), w = (float)(z - fz);
        int i0 = (int)fx & Side - 1, j0 = ((int)fy & Side - 1) * Side, k0 = ((int)fz & Side - 1) * Side * Side;
        int i1 = i0 + 1 & Side - 1, j1 = j0 + Side & Side * Side - 1, k1 = k0 + Side * Side & Side * Side * Side - 1;
        ReadOnlySpan<float> t = _lattice;
        float a = Mix(Mix(t[i0 + j0 + k0], t[i1 + j0 + k0], u), Mix(t[i0 + j1 + k0], t[i1 + j1 + k0], u), v);
        float b = Mix(Mix(t[i0 + j0 + k1], t[i1 + j0 + k1], u), Mix(t[i0 + j1 + k1], t[i1 + j1 + k1], u), v);
        return Mix(a, b, w);
    }

    private static float Mix(float a, float b, float share) => a + (b - a) * share;
}
