using System.Globalization;
using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Trainers;

/// <summary>Sums over the steps of the epoch that is being trained; in checkpoints, so that a resumed run reports whole epochs.</summary>
internal sealed class EpochSums
{
    private int _count;
    private double _loss, _dice, _crossEntropy, _norm;

    /// <summary>Whether no step was added since the last epoch ended.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>Means over the steps.</summary>
    public StepResult Mean => new(_loss / _count, _dice / _count, _crossEntropy / _count, _norm / _count);

    /// <summary>Adds a step.</summary>
    public void Add(StepResult step)
    {
        _count++;
        _loss += step.Loss;
        _dice += step.DiceLoss;
        _crossEntropy += step.CrossEntropy;
        _norm += step.GradientNorm;
    }

    /// <summary>Starts the next epoch.</summary>
    public void Clear() => (_count, _loss, _dice, _crossEntropy, _norm) = (0, 0, 0, 0, 0);

    /// <summary>All that it remembers, for a checkpoint.</summary>
    public string Store() => string.Create(CultureInfo.InvariantCulture, $"{_count} {_loss:R} {_dice:R} {_crossEntropy:R} {_norm:R}");

    /// <summary>Takes over what <see cref="Store"/> gave.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the text is something else.</exception>
    public void Restore(string state)
    {
        string[] parts = state.Split(' ');
        double[] sums = new double[4];
        bool fits = parts.Length == 5;
        for (int n = 0; fits && n < sums.Length; n++) fits = double.TryParse(parts[n + 1], CultureInfo.InvariantCulture, out sums[n]);
        if (!fits || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            throw new SegmentationException(ErrorCode.InvalidOption, "The checkpoint's sums of the epoch cannot be read; resume from another checkpoint.");
        (_count, _loss, _dice, _crossEntropy, _norm) = (count, sums[0], sums[1], sums[2], sums[3]);
    }
}
