using System.Globalization;

namespace MedISeg.Imaging.Pictures;

/// <summary>A colour, 0..255 a channel.</summary>
public readonly record struct Rgb(byte R, byte G, byte B)
{
    /// <summary>Reads #rrggbb.</summary>
    /// <exception cref="ArgumentException">Another spelling.</exception>
    public static Rgb Parse(string hex)
    {
        if (hex.Length != 7 || hex[0] != '#'
            || !int.TryParse(hex.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value))
            throw new ArgumentException("A colour must be spelled #rrggbb.", nameof(hex));
        return new Rgb((byte)(value >> 16), (byte)(value >> 8), (byte)value);
    }
}
