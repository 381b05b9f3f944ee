using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Series;

/// <summary>Compares the pixels that uncompressed files announce with the length of the files, before memory is taken.</summary>
internal static class NativeLength
{
    /// <summary>Bytes that deflate can make of one: 258 of two bits.</summary>
    private const int MostInflation = 1032;

    /// <summary>Checks each file of a series.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TruncatedImage"/>.</exception>
    public static void Check(DicomSeries series)
    {
        foreach (IGrouping<string, DicomSlice> file in series.Slices.GroupBy(slice => slice.Path, StringComparer.Ordinal))
        {
            DicomSlice slice = file.First();
            DicomDataset header = slice.Header;
            if (header.InternalTransferSyntax is { IsEncapsulated: true }) continue;
            // YBR_FULL_422 stores two samples a pixel; whole numbers would count a third more.
            double samples = header.GetSingleValueOrDefault(DicomTag.PhotometricInterpretation, "") switch
            {
                "YBR_FULL_422" or "YBR_PARTIAL_422" => 2,
                "YBR_PARTIAL_420" => 1.5,
                _ => header.GetSingleValueOrDefault(DicomTag.SamplesPerPixel, 1),
            };
            double pixels = (double)series.Planes.Grid.Height * series.Planes.Grid.Width
                * Math.Max(1, header.GetSingleValueOrDefault(DicomTag.NumberOfFrames, 1));
            double bytes = pixels * samples * header.GetSingleValue<int>(DicomTag.BitsAllocated) / 8;
            long length = new FileInfo(slice.Path).Length;
            if (header.InternalTransferSyntax is { IsDeflated: true }) length *= MostInflation;
            if (length < Math.Floor(bytes))
                throw new SegmentationException(ErrorCode.TruncatedImage,
                    $"The pixel data of {slice.Name} ends early: {bytes:0} bytes are announced and the file is shorter. Send the file again.");
        }
    }
}
