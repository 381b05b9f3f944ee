using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Evaluation.Calibration;

/// <summary>Finds the temperature under which a network's probabilities say best how often it is right.</summary>
/// <remarks>
/// Source: Guo, Pleiss, Sun and Weinberger 2017, temperature scaling and the expected calibration error with equal bins. The mean negative
/// log-likelihood is convex in 1 / T, so its slope changes sign once, and halving an interval of log T finds where.
/// </remarks>
internal sealed class TemperatureFit
{
    /// <summary>Bins of the calibration error.</summary>
    public const int Bins = 15;

    /// <summary>Lowest and highest temperature that is looked at.</summary>
    public const double Lowest = 0.05, Highest = 20;

    /// <summary>Log T is found to within this.</summary>
    private const double Precision = 1e-5;

    /// <summary>Voxels that are added up one after another, so that sums do not depend on threads.</summary>
    private const int Chunk = 4096;

    private readonly VoxelLogits _logits;
    private readonly CancellationToken _cancellationToken;

    /// <summary>Creates a fit.</summary>
    /// <param name="logits">At least one voxel.</param>
    /// <param name="cancellationToken">Checked many times.</param>
    public TemperatureFit(VoxelLogits logits, CancellationToken cancellationToken)
    {
        if (logits.Truth.Length == 0) throw new ArgumentException("At least one voxel is needed.", nameof(logits));
        (_logits, _cancellationToken) = (logits, cancellationToken);
    }

    /// <summary>The temperature of least mean negative log-likelihood.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: there is none within the limits.</exception>
    public double Run()
    {
        // The slope by 1 / T: below 0 where sharper is better, 0 where nothing sharper can be told apart.
        if (Measure(Lowest).Slope <= 0)
            throw Fault("The network is right in practically all voxels, so that the sharpest probabilities fit best; take cases that it finds harder, or more voxels");
        if (Measure(Highest).Slope > 0)
            throw Fault("The network is hardly ever right, so that no probabilities fit; check that the labels are those of its classes");
        double low = Math.Log(Lowest), high = Math.Log(Highest);
        while (high - low > Precision)
        {
            double middle = (low + high) / 2;
            if (Measure(Math.Exp(middle)).Slope <= 0) high = middle;
            else low = middle;
        }
        return Math.Exp((low + high) / 2);
    }

    /// <summary>How well probabilities fit at a temperature.</summary>
    /// <returns>Mean negative log-likelihood, natural logarithm, and expected calibration error in [0, 1]; of regions the mean over regions.</returns>
    public CalibrationScore Score(double temperature)
    {
        Sums sums = Measure(temperature);
        double error = 0;
        for (int bin = 0; bin < Bins; bin++) error += Math.Abs(sums.Confidence[bin] - sums.Right[bin]) / sums.Count;
        return new CalibrationScore(temperature, sums.Loss / sums.Count, error);
    }

    private Sums Measure(double temperature)
    {
        int voxels = _logits.Truth.Length;
        Sums[] parts = new Sums[(voxels + Chunk - 1) / Chunk];
        Parallel.For(0, parts.Length, new ParallelOptions { CancellationToken = _cancellationToken }, part =>
        {
            parts[part] = new Sums();
            double[] shares = new double[_logits.Channels];
            for (int v = part * Chunk; v < Math.Min(voxels, (part + 1) * Chunk); v++)
            {
                ReadOnlySpan<float> logits = _logits.Values.AsSpan(v * _logits.Channels, _logits.Channels);
                if (_logits.Regions) AddRegions(logits, _logits.Truth[v], 1 / temperature, parts[part]);
                else AddClasses(logits, (int)_logits.Truth[v], 1 / temperature, shares, parts[part]);
            }
        });
        Sums all = new();
        foreach (Sums part in parts) all.Add(part);
        return all;
    }

    private static void AddClasses(ReadOnlySpan<float> logits, int truth, double sharpness, double[] shares, Sums sums)
    {
        int best = 0;
        for (int c = 1; c < logits.Length; c++)
            if (logits[c] > logits[best]) best = c;
        double total = 0, mean = 0;
        for (int c = 0; c < logits.Length; c++) total += shares[c] = Math.Exp(sharpness * (logits[c] - logits[best]));
        for (int c = 0; c < logits.Length; c++) mean += shares[c] / total * logits[c];
        sums.Take(Math.Log(total) - sharpness * (logits[truth] - logits[best]), mean - logits[truth], 1 / total, best == truth);
    }

    private static void AddRegions(ReadOnlySpan<float> logits, ulong truth, double sharpness, Sums sums)
    {
        for (int r = 0; r < logits.Length; r++)
        {
            bool present = (truth >> r & 1) != 0;
            // The logit of what is true; its probability is 1 / (1 + exp(-x)).
            double logit = present ? logits[r] : -logits[r], x = sharpness * logit;
            double loss = Math.Max(0, -x) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
            sums.Take(loss, -logit / (1 + Math.Exp(x)), 1 / (1 + Math.Exp(-Math.Abs(x))), logits[r] > 0 == present);
        }
    }

    private static SegmentationException Fault(string message) => new(ErrorCode.InvalidOption, message + ".");

    private sealed class Sums
    {
        public double Loss { get; private set; }

        public double Slope { get; private set; }

        public long Count { get; private set; }

        public double[] Confidence { get; } = new double[Bins];

        public double[] Right { get; } = new double[Bins];

        public void Take(double loss, double slope, double confidence, bool isRight)
        {
            Loss += loss;
            Slope += slope;
            Count++;
            int bin = Math.Min(Bins - 1, (int)(confidence * Bins));
            Confidence[bin] += confidence;
            if (isRight) Right[bin]++;
        }

        public void Add(Sums other)
        {
            Loss += other.Loss;
            Slope += other.Slope;
            Count += other.Count;
            for (int bin = 0; bin < Bins; bin++)
            {
                Confidence[bin] += other.Confidence[bin];
                Right[bin] += other.Right[bin];
            }
        }
    }
}
