using System.Numerics;
using System.Numerics.Tensors;

namespace MedISeg.Imaging.Intensity;

/// <summary>An ordered list of clips and affine steps on intensities; immutable. Neighbouring affine steps are composed.</summary>
public sealed class IntensityMap
{
    private readonly Step[] _steps;

    private IntensityMap(Step[] steps) => _steps = steps;

    /// <summary>The map that changes nothing.</summary>
    public static IntensityMap Identity { get; } = new([]);

    /// <summary>Whether nothing changes.</summary>
    public bool IsIdentity => _steps.Length == 0;

    /// <summary>Number of steps after composition.</summary>
    public int StepCount => _steps.Length;

    /// <summary>This map, then a clip to [min, max].</summary>
    /// <exception cref="ArgumentException">min is above max, or one is not a number.</exception>
    public IntensityMap ThenClip(double min, double max)
    {
        if (!(min <= max)) throw new ArgumentException("The lower end must not be above the upper end.", nameof(min));
        return new IntensityMap([.. _steps, new Step(true, min, max)]);
    }

    /// <summary>This map, then value * scale + shift.</summary>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public IntensityMap ThenAffine(double scale, double shift)
    {
        if (!double.IsFinite(scale) || !double.IsFinite(shift)) throw new ArgumentException("Scale and shift must be finite.", nameof(scale));
        Step step = new(false, scale, shift);
        if (_steps is [.. Step[] rest, { IsClip: false } last])
            return Create(rest, new Step(false, last.A * scale, last.B * scale + shift));
        return Create(_steps, step);
    }

    /// <summary>This map, then another.</summary>
    public IntensityMap Then(IntensityMap next)
    {
        IntensityMap result = this;
        foreach (Step step in next._steps) result = step.IsClip ? result.ThenClip(step.A, step.B) : result.ThenAffine(step.A, step.B);
        return result;
    }

    /// <summary>Image of one value, in double precision.</summary>
    public double Apply(double value)
    {
        foreach (Step step in _steps) value = step.IsClip ? Math.Clamp(value, step.A, step.B) : value * step.A + step.B;
        return value;
    }

    /// <summary>Replaces values by their images, in single precision.</summary>
    public void Apply(Span<float> values)
    {
        foreach (Step step in _steps)
        {
            if (step.IsClip)
            {
                TensorPrimitives.Max(values, (float)step.A, values);
                TensorPrimitives.Min(values, (float)step.B, values);
            }
            else
            {
                MultiplyAdd(values, (float)step.A, (float)step.B);
            }
        }
    }

    /// <summary>value * scale + shift without a fused multiply-add: the result does not depend on the processor.</summary>
    internal static void MultiplyAdd(Span<float> values, float scale, float shift)
    {
        Vector<float> shifts = new(shift);
        int n = 0;
        for (; n <= values.Length - Vector<float>.Count; n += Vector<float>.Count)
            (new Vector<float>(values[n..]) * scale + shifts).CopyTo(values[n..]);
        MultiplyAddScalar(values[n..], scale, shift);
    }

    /// <summary>Scalar twin of <see cref="MultiplyAdd"/>.</summary>
    internal static void MultiplyAddScalar(Span<float> values, float scale, float shift)
    {
        for (int n = 0; n < values.Length; n++) values[n] = values[n] * scale + shift;
    }

    private static IntensityMap Create(Step[] before, Step affine) =>
        affine is { A: 1, B: 0 } ? new IntensityMap(before) : new IntensityMap([.. before, affine]);

    /// <summary>A clip to [A, B], or value * A + B.</summary>
    private readonly record struct Step(bool IsClip, double A, double B);
}
