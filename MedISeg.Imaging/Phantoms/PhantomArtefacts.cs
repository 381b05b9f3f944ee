using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms;

/// <summary>Noise, streaks through the spine and a smooth bias: what the scanner adds.</summary>
internal sealed class PhantomArtefacts
{
    private const int StreakCount = 5;
    private const double StreakHalfWidthMm = 3.5, BiasReachMm = 200;

    private readonly int _seed;
    private readonly Vector3D _bias;
    private readonly double _curve, _spineY, _bodySquare;
    private readonly (double X, double Y, double Offset, double Hu, double Phase)[] _streaks;

    public PhantomArtefacts(PhantomOptions options, PatientForm form)
    {
        _seed = options.Seed;
        PhantomRandom random = new(options.Seed, 41);
        NoiseHu = random.Uniform(10, 25);
        NoiseHu = options.NoiseHu ?? NoiseHu;
        _bias = new Vector3D(random.Uniform(-5, 5), random.Uniform(-5, 5), random.Uniform(-5, 5)) * (1 / BiasReachMm);
        _curve = random.Uniform(-6, 6) / (BiasReachMm * BiasReachMm);
        _spineY = form.SpineY;
        _bodySquare = form.HalfWidth * form.HalfWidth;
        _streaks = new (double, double, double, double, double)[options.Streaks ? StreakCount : 0];
        for (int n = 0; n < _streaks.Length; n++)
        {
            // Mostly sideways: that is where X-rays cross the most bone and body.
            double angle = random.Uniform(-0.5, 0.5);
            double hu = random.Uniform(8, 26) * (n % 2 == 0 ? -1 : 1);
            _streaks[n] = (PortableMath.Cos(angle), PortableMath.Sin(angle), random.Uniform(-14, 14), hu, random.Uniform(0, 6.28));
        }
    }

    /// <summary>Standard deviation of the noise in HU.</summary>
    public double NoiseHu { get; }

    /// <summary>Adds streaks and bias to a row.</summary>
    /// <param name="origin">First voxel in the patient's own frame, mm.</param>
    /// <param name="step">From one voxel to the next, mm.</param>
    /// <param name="labels">Labels of the row: only the body is touched.</param>
    /// <param name="hu">The row.</param>
    public void AddSmooth(Vector3D origin, Vector3D step, ReadOnlySpan<byte> labels, Span<float> hu)
    {
        Span<float> strength = stackalloc float[StreakCount];
        for (int n = 0; n < _streaks.Length; n++)
        {
            // A streak lives in some slices and fades in others.
            double wave = PortableMath.Sin(origin.Z * 0.09 + _streaks[n].Phase);
            strength[n] = (float)(_streaks[n].Hu * Math.Max(0, wave));
        }
        for (int i = 0; i < hu.Length; i++)
        {
            if (labels[i] == (byte)PhantomLabel.Air) continue;
            double x = origin.X + i * step.X, y = origin.Y + i * step.Y, z = origin.Z + i * step.Z, square = x * x + y * y;
            double sum = _bias.X * x + _bias.Y * y + _bias.Z * z + _curve * square;
            for (int n = 0; n < _streaks.Length; n++)
            {
                double across = Math.Abs(_streaks[n].Y * x - _streaks[n].X * (y - _spineY) + _streaks[n].Offset);
                if (across >= StreakHalfWidthMm) continue;
                double share = 1 - across / StreakHalfWidthMm;
                sum += strength[n] * share * share * Math.Max(0, 1 - square / _bodySquare);
            }
            hu[i] += (float)sum;
        }
    }

    /// <summary>Adds the noise of one plane, slightly correlated between neighbours; each plane has a stream of its own.</summary>
    /// <param name="plane">Plane that names the stream.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="white">Scratch of (height + 2) * (width + 2).</param>
    /// <param name="hu">The plane, row-major.</param>
    public void AddNoise(int plane, int height, int width, Span<float> white, Span<float> hu)
    {
        if (NoiseHu == 0) return;
        PhantomRandom random = new(_seed, 1000 + plane);
        for (int n = 0; n < white.Length; n++) white[n] = random.Gaussian();
        const float Near = 0.3f, Diagonal = 0.1f;
        float scale = (float)(NoiseHu / Math.Sqrt(1 + 4 * Near * Near + 4 * Diagonal * Diagonal));
        int stride = width + 2;
        for (int j = 0; j < height; j++)
        {
            ReadOnlySpan<float> up = white[(j * stride)..], here = white[((j + 1) * stride)..], down = white[((j + 2) * stride)..];
            Span<float> row = hu.Slice(j * width, width);
            for (int i = 0; i < width; i++)
            {
                float near = up[i + 1] + down[i + 1] + here[i] + here[i + 2];
                float far = up[i] + up[i + 2] + down[i] + down[i + 2];
                row[i] += scale * (here[i + 1] + Near * near + Diagonal * far);
            }
        }
    }
}
