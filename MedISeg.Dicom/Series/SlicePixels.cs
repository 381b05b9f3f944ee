using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Series;

/// <summary>What a slice's header says of its values.</summary>
/// <param name="Low">Smallest value that can be stored.</param>
/// <param name="High">Largest value that can be stored; unsigned values beyond 2^31 - 1 are refused when they are decoded.</param>
/// <param name="Slope">Factor to real values.</param>
/// <param name="Intercept">Summand to real values.</param>
/// <param name="Inverts">Whether low values are bright (MONOCHROME1) and the picture is turned into one where high values are.</param>
/// <param name="HasTable">Whether a table (Modality LUT) gives the real values; slope and intercept are 1 and 0 then.</param>
internal sealed record SlicePixels(long Low, long High, double Slope, double Intercept, bool Inverts, bool HasTable)
{
    /// <summary>Modalities whose values are measured quantities; turning them round would make another quantity of them.</summary>
    private static readonly string[] Measured = ["CT", "MR", "PT", "NM"];

    /// <summary>Reads a header.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/> or <see cref="ErrorCode.InvalidVoxels"/>.</exception>
    public static SlicePixels Read(DicomSlice slice)
    {
        DicomDataset header = slice.Header;
        int stored = header.GetSingleValueOrDefault(DicomTag.BitsStored, header.GetSingleValue<int>(DicomTag.BitsAllocated));
        if (stored is < 1 or > 32)
            throw new SegmentationException(ErrorCode.UnreadableImage,
                $"{DicomTag.BitsStored} of {slice.Name} is {stored}; 1 to 32 bits a sample are read. Export the image with 8 or 16 bits.");
        bool signed = header.GetSingleValueOrDefault(DicomTag.PixelRepresentation, 0) == 1;
        long low = signed ? -(1L << stored - 1) : 0, high = signed ? (1L << stored - 1) - 1 : Math.Min((1L << stored) - 1, int.MaxValue);
        PixelColour.Kind colour = PixelColour.Of(slice);
        if (colour == PixelColour.Kind.Palette) return new SlicePixels(0, (1L << PaletteTable.BitsOf(slice)) - 1, 1, 0, Inverts: false, HasTable: false);
        if (colour != PixelColour.Kind.Grey) return new SlicePixels(low, high, 1, 0, Inverts: false, HasTable: false);

        bool inverts = header.GetSingleValueOrDefault(DicomTag.PhotometricInterpretation, "") == "MONOCHROME1"
            && !Measured.Contains(header.GetSingleValueOrDefault(DicomTag.Modality, ""));
        if (ModalityTable.HighestOf(slice) is { } highest) return new SlicePixels(0, highest, 1, 0, inverts, HasTable: true);
        DicomDataset rescale = slice.AttributesOf(DicomTag.PixelValueTransformationSequence);
        double slope = rescale.GetSingleValueOrDefault(DicomTag.RescaleSlope, 1.0);
        double intercept = rescale.GetSingleValueOrDefault(DicomTag.RescaleIntercept, 0.0);
        if (slope == 0 || !(Math.Abs(slope) * Math.Max(-low, high) + Math.Abs(intercept) <= float.MaxValue))
            throw new SegmentationException(ErrorCode.InvalidVoxels,
                $"{DicomTag.RescaleSlope} or {DicomTag.RescaleIntercept} of {slice.Name} gives no usable values " +
                "(a slope of 0, or numbers beyond 32-bit floats); correct them.");
        return new SlicePixels(low, high, slope, intercept, inverts, HasTable: false);
    }
}
