using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;

namespace MedISeg.Inference.Preprocessing;

/// <summary>Makes grey and colour images alike.</summary>
public static class ColourConversion
{
    /// <summary>Converts an image of one or three channels; others, and those that fit already, are returned as they are.</summary>
    /// <param name="image">The image; not changed. The result may share its arrays.</param>
    /// <param name="rule">Channels that are wanted.</param>
    public static Volume Convert(Volume image, ColourRule rule) => rule switch
    {
        ColourRule.Rgb when image.Channels == 1 =>
            new Volume(image.Geometry, [.. Enumerable.Repeat(image.Stored(0), 3)], image.Slope, image.Intercept),
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
