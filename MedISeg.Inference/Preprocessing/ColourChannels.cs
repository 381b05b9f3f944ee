using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;

namespace MedISeg.Inference.Preprocessing;

/// <summary>Gives grey and colour images one number of channels.</summary>
public static class ColourChannels
{
    /// <summary>Repeats a grey image, or weighs the three channels of a colour image; others stay as they are.</summary>
    /// <param name="image">The image; not changed. A repeated channel shares its array.</param>
    /// <param name="rule">What is wanted.</param>
    public static Volume Apply(Volume image, ColourRule rule) => rule switch
    {
        ColourRule.Rgb when image.Channels == 1 => new Volume(image.Geometry, [.. Enumerable.Repeat(image.Stored(0), 3)], image.Slope, image.Intercept),
        ColourRule.Grey when image.Channels == 3 => Grey(image),
        _ => image,
    };

    private static Volume Grey(Volume image)
    {
        float[] red = image.ToFloats(0), green = image.ToFloats(1), blue = image.ToFloats(2);
        for (int n = 0; n < red.Length; n++) red[n] = 0.299f * red[n] + 0.587f * green[n] + 0.114f * blue[n];
        return image.VoxelType == typeof(byte) && image.Slope == 1 && image.Intercept == 0
            ? new Volume(image.Geometry, [Array.ConvertAll(red, value => (byte)MathF.Round(value))])
            : new Volume(image.Geometry, [red]);
    }
}
