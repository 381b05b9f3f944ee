namespace MedISeg.Inference.Models;

/// <summary>How many channels grey and colour images have.</summary>
public enum ColourRule
{
    /// <summary>As stored, without alpha.</summary>
    Stored,
    /// <summary>Three: a grey image is repeated.</summary>
    Rgb,
    /// <summary>One: 0.299 red + 0.587 green + 0.114 blue, to the nearest whole number where bytes are stored.</summary>
    Grey,
}
