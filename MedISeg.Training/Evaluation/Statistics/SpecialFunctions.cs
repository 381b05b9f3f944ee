namespace MedISeg.Training.Evaluation.Statistics;

/// <summary>Tails of Student's t and of the normal distribution, to about 12 digits; checked against Golden/stats.</summary>
internal static class SpecialFunctions
{
    private const int MostTerms = 10_000;
    private const double Precision = 1e-16, Tiny = 1e-300;

    private static readonly double[] Lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
        -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>Probability that |T| is at least |t|, for T of Student's distribution.</summary>
    /// <param name="t">Any number; infinite: 0.</param>
    /// <param name="degreesOfFreedom">Above 0.</param>
    public static double StudentTwoSided(double t, double degreesOfFreedom) =>
        double.IsInfinity(t) ? 0 : IncompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);

    /// <summary>Probability that |Z| is at least |z|, for Z of the standard normal distribution.</summary>
    public static double NormalTwoSided(double z)
    {
        double x = Math.Abs(z) / Math.Sqrt(2);
        if (x < 2)
        {
            double term = x, sum = x;
            for (int n = 1; n < MostTerms && term > Precision * sum; n++) sum += term *= 2 * x * x / (2 * n + 1);
            return 1 - 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
        }
        double fraction = 0;
        for (int n = 200; n > 0; n--) fraction = n / 2.0 / (x + fraction);
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (x + fraction);
    }

    /// <summary>Regularised incomplete beta function, by Lentz's continued fraction.</summary>
    private static double IncompleteBeta(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        // The fraction converges fast on this side of the mean only.
        if (x > (a + 1) / (a + b + 2)) return 1 - IncompleteBeta(1 - x, b, a);
        double front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * Math.Log(1 - x)) / a;
        double c = 1, d = NonZero(1 - (a + b) * x / (a + 1));
        d = 1 / d;
        double value = d;
        for (int m = 1; m < MostTerms; m++)
        {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            Step(even);
            double change = Step(odd);
            if (Math.Abs(change - 1) < Precision) break;
        }
        return front * value;

        double Step(double coefficient)
        {
            d = 1 / NonZero(1 + coefficient * d);
            c = NonZero(1 + coefficient / c);
            value *= c * d;
            return c * d;
        }
    }

    private static double NonZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;

    /// <summary>For arguments of at least 0.5.</summary>
    private static double LogGamma(double x)
    {
        double sum = Lanczos[0], t = x + Lanczos.Length - 2.5;
        for (int n = 1; n < Lanczos.Length; n++) sum += Lanczos[n] / (x - 1 + n);
        return 0.5 * Math.Log(2 * Math.PI) + (x - 0.5) * Math.Log(t) - t + Math.Log(sum);
    }
}
