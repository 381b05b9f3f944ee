using System.Globalization;
using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Optimisation;

/// <summary>Lowers the learning rate when a validation value has stopped falling.</summary>
/// <remarks>Source: PyTorch <c>ReduceLROnPlateau</c>, mode min, relative threshold 1e-4, no cool-down; checked against golden <c>optim</c>.</remarks>
internal sealed class PlateauSchedule
{
    private const double Threshold = 1e-4, SmallestChange = 1e-8;
    private readonly OptimiserOptions _options;
    private double _best = double.PositiveInfinity;
    private int _bad;

    /// <summary>Starts with the full rate.</summary>
    /// <param name="options">Rate, factor and patience.</param>
    public PlateauSchedule(OptimiserOptions options) => _options = options;

    /// <summary>What the learning rate is multiplied by, in (0, 1].</summary>
    public double Factor { get; private set; } = 1;

    /// <summary>Hears of the value of an epoch; smaller is better.</summary>
    public void Observe(double value)
    {
        if (value < _best * (1 - Threshold)) (_best, _bad) = (value, 0);
        else _bad++;
        if (_bad <= _options.PlateauPatience) return;
        _bad = 0;
        double lower = Factor * _options.PlateauFactor;
        if ((Factor - lower) * _options.LearningRate > SmallestChange) Factor = lower;
    }

    /// <summary>All that it remembers, for a checkpoint.</summary>
    public string Store() => string.Create(CultureInfo.InvariantCulture, $"{_best:R} {_bad} {Factor:R}");

    /// <summary>Takes over what <see cref="Store"/> gave.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the text is something else.</exception>
    public void Restore(string state)
    {
        string[] parts = state.Split(' ');
        if (parts.Length != 3
            || !double.TryParse(parts[0], CultureInfo.InvariantCulture, out double best)
            || !int.TryParse(parts[1], CultureInfo.InvariantCulture, out int bad)
            || !double.TryParse(parts[2], CultureInfo.InvariantCulture, out double factor))
            throw new SegmentationException(ErrorCode.InvalidOption, "The checkpoint's learning rate schedule cannot be read; resume from another checkpoint.");
        (_best, _bad, Factor) = (best, bad, factor);
    }
}
