using System.Numerics.Tensors;
using MedISeg.Inference.Models;

namespace MedISeg.Training.Data.Augmentation;

/// <summary>Turns normalised intensities back to the 8-bit levels that the paper's 2-D operations are made for, and forth.</summary>
/// <remarks>Where the intensity steps start from 8-bit levels by stored numbers (imagenet, or min-max from 0 to 255), they are undone;
/// otherwise a patch's own smallest and largest value stand for 0 and 255.</remarks>
internal sealed class GreyLevels
{
    private readonly (double Scale, double Shift)[]? _maps;

    /// <summary>Looks at the intensity steps.</summary>
    /// <param name="steps">Of the training options, in order.</param>
    /// <param name="channels">Network channels.</param>
    public GreyLevels(IReadOnlyList<IntensityStep> steps, int channels) =>
        _maps = Enumerable.Range(0, channels).Select(c => Map(steps, c)).ToArray() is var maps && maps.All(m => m is not null)
            ? [.. maps.Select(m => m!.Value)] : null;

    /// <summary>Whether levels are those of the source image.</summary>
    public bool AreKnown => _maps is not null;

    /// <summary>Rounds to levels.</summary>
    /// <param name="values">Normalised intensities of a channel.</param>
    /// <param name="channel">Channel, from 0.</param>
    /// <param name="levels">Receives one level a value.</param>
    /// <returns>What <see cref="Restore"/> needs: value = level * Scale + Shift.</returns>
    public (float Scale, float Shift) Take(ReadOnlySpan<float> values, int channel, Span<byte> levels)
    {
        float scale, shift;
        if (_maps is null)
        {
            shift = TensorPrimitives.Min(values);
            scale = (TensorPrimitives.Max(values) - shift) / 255;
        }
        else
        {
            (scale, shift) = ((float)_maps[channel].Scale, (float)_maps[channel].Shift);
        }
        for (int n = 0; n < levels.Length; n++)
            levels[n] = scale == 0 ? (byte)0 : (byte)Math.Clamp(MathF.Round((values[n] - shift) / scale), 0, 255);
        return (scale, shift);
    }

    /// <summary>Back to normalised intensities.</summary>
    public static void Restore(ReadOnlySpan<byte> levels, (float Scale, float Shift) map, Span<float> values)
    {
        for (int n = 0; n < levels.Length; n++) values[n] = levels[n] * map.Scale + map.Shift;
    }

    private static (double Scale, double Shift)? Map(IReadOnlyList<IntensityStep> steps, int channel)
    {
        double scale = 1, shift = 0;
        bool fromLevels = false;
        foreach (IntensityStep step in steps)
        {
            (double Scale, double Shift)? next = step switch
            {
                ImageNetStep when channel < 3 => ImageNet(channel),
                MinMaxStep { Min: { } min, Max: { } max } s when Applies(s.Channel, channel) => (1 / (max - min), -min / (max - min)),
                ZScoreStep { Mean: { } mean, Std: { } std } s when Applies(s.Channel, channel) => (1 / std, -mean / std),
                ClipStep or ChannelOrderStep => (1, 0),
                MinMaxStep { Channel: { } only } when only != channel => (1, 0),
                ZScoreStep { Channel: { } only } when only != channel => (1, 0),
                _ => null,
            };
            if (next is not { } map) return null;
            fromLevels |= step is ImageNetStep or MinMaxStep { Min: 0, Max: 255 };
            (scale, shift) = (scale * map.Scale, shift * map.Scale + map.Shift);
        }
        return fromLevels ? (scale, shift) : null;
    }

    private static (double Scale, double Shift) ImageNet(int channel)
    {
        double mean = channel switch { 0 => 0.485, 1 => 0.456, _ => 0.406 }, std = channel switch { 0 => 0.229, 1 => 0.224, _ => 0.225 };
        return (1 / (255 * std), -mean / std);
    }

    private static bool Applies(int? only, int channel) => only is null || only == channel;
}
