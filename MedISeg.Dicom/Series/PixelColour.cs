using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Series;

/// <summary>Colours of a slice, brought to red, green and blue.</summary>
internal static class PixelColour
{
    /// <summary>What the samples of a pixel are.</summary>
    public enum Kind
    {
        /// <summary>One grey value.</summary>
        Grey,
        /// <summary>A value that stands for a colour of a table.</summary>
        Palette,
        /// <summary>Red, green, blue.</summary>
        Rgb,
        /// <summary>Luminance and two colour differences over the whole range.</summary>
        YbrFull,
        /// <summary>Luminance from 16 to 235 and two colour differences from 16 to 240.</summary>
        YbrPartial,
    }

    /// <summary>What the header says.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: a kind that is not read, or one that does not fit the
    /// number of samples or bits.</exception>
    /// <remarks>Source: PS3.3 C.7.6.3.1.2. The transforms of JPEG 2000 (YBR_ICT, YBR_RCT) are undone by its decoder.</remarks>
    public static Kind Of(DicomSlice slice)
    {
        DicomDataset header = slice.Header;
        int samples = header.GetSingleValueOrDefault(DicomTag.SamplesPerPixel, 1);
        Kind kind = header.GetSingleValueOrDefault(DicomTag.PhotometricInterpretation, "") switch
        {
            "MONOCHROME1" or "MONOCHROME2" => Kind.Grey,
            "RGB" or "YBR_ICT" or "YBR_RCT" => Kind.Rgb,
            "YBR_FULL" or "YBR_FULL_422" => Kind.YbrFull,
            "YBR_PARTIAL_422" or "YBR_PARTIAL_420" => Kind.YbrPartial,
            "PALETTE COLOR" => Kind.Palette,
            "" when samples == 1 => Kind.Grey,
            _ => throw Refused(slice, $"has a {DicomTag.PhotometricInterpretation} that is not read; export it as MONOCHROME2 or RGB"),
        };
        if (samples != (kind is Kind.Grey or Kind.Palette ? 1 : 3))
            throw Refused(slice, $"has {samples} samples a pixel, which does not fit its {DicomTag.PhotometricInterpretation}; " +
                "export it as MONOCHROME2 or RGB");
        int bits = header.GetSingleValueOrDefault(DicomTag.BitsStored, header.GetSingleValue<int>(DicomTag.BitsAllocated));
        if (kind is Kind.YbrFull or Kind.YbrPartial && bits != 8)
            throw Refused(slice, "has luminance and colour differences of other than 8 bits; export it as RGB");
        return kind;
    }

    /// <summary>Brings pixels to red, green, blue in place.</summary>
    /// <param name="kind">What the samples are; RGB, grey and colours of a table stay as they are.</param>
    /// <param name="values">Three samples a pixel, side by side, 0 to 255 where they are no RGB.</param>
    public static void ToRgb(Kind kind, Span<int> values)
    {
        if (kind is Kind.Grey or Kind.Palette or Kind.Rgb) return;
        (double scale, int black, double red, double greenBlue, double greenRed, double blue) = kind == Kind.YbrFull
            ? (1.0, 0, 1.402, 0.344136, 0.714136, 1.772)
            : (1.1644, 16, 1.5960, 0.3917, 0.8130, 2.0173);
        for (int n = 0; n + 2 < values.Length; n += 3)
        {
            double y = (values[n] - black) * scale;
            int b = values[n + 1] - 128, r = values[n + 2] - 128;
            values[n] = ToByte(y + red * r);
            values[n + 1] = ToByte(y - greenBlue * b - greenRed * r);
            values[n + 2] = ToByte(y + blue * b);
        }
    }

    private static int ToByte(double value) => (int)Math.Clamp(Math.Round(value), 0, 255);

    private static SegmentationException Refused(DicomSlice slice, string what) =>
        new(ErrorCode.UnreadableImage, $"The image ({slice.Name}) {what}.");
}
