using MedISeg.Dicom.Series;

namespace MedISeg.Dicom.Segmentations;

/// <summary>What an object says of the images that it was made from.</summary>
/// <param name="series">The source.</param>
/// <exception cref="Imaging.Errors.SegmentationException">From every method: a slice has no SOP class or instance UID.</exception>
internal sealed class SourceReferences(DicomSeries series)
{
    private static readonly DicomCode Segmentation = new("DCM", "113076", "Segmentation");

    private static readonly DicomCode SourceImage = new("DCM", "121322", "Source image for image processing operation");

    /// <summary>Common Instance Reference: the series with each of its instances once.</summary>
    /// <param name="root">What a UID of ours begins with.</param>
    public DicomSequence ReferencedSeries(string root)
    {
        DicomDataset item = new DicomDataset()
            .AddOrUpdate(DicomTag.SeriesInstanceUID, SourceUids.Series(series, root))
            .AddOrUpdate(new DicomSequence(DicomTag.ReferencedInstanceSequence, Instances()));
        return new DicomSequence(DicomTag.ReferencedSeriesSequence, item);
    }

    /// <summary>Items that refer to each instance once.</summary>
    public IReadOnlyList<DicomDataset> Instances()
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        List<DicomDataset> instances = [];
        foreach (DicomSlice slice in series.Slices)
            if (seen.Add(SourceUids.Required(slice.Header, DicomTag.SOPInstanceUID))) instances.Add(Instance(slice.Header));
        return instances;
    }

    /// <summary>Item that refers to the image of a slice, and to its frame where the image has several.</summary>
    /// <param name="slice">From 0.</param>
    public DicomDataset Image(int slice)
    {
        DicomSlice source = series.Slices[slice];
        DicomDataset image = Instance(source.Header);
        return source.Header.GetSingleValueOrDefault(DicomTag.NumberOfFrames, 1) > 1 ? image.AddOrUpdate(DicomTag.ReferencedFrameNumber, source.Frame + 1) : image;
    }

    /// <summary>The Derivation Image group of a frame.</summary>
    /// <param name="slice">The slice that it was made from, from 0.</param>
    public DicomSequence Derivation(int slice)
    {
        DicomDataset image = Image(slice).AddOrUpdate(DicomTag.SpatialLocationsPreserved, "YES")
            .AddOrUpdate(DicomTag.PurposeOfReferenceCodeSequence, Utf8Elements.Item(SourceImage));
        DicomDataset group = new DicomDataset()
            .AddOrUpdate(DicomTag.SourceImageSequence, image)
            .AddOrUpdate(DicomTag.DerivationCodeSequence, Utf8Elements.Item(Segmentation));
        return new DicomSequence(DicomTag.DerivationImageSequence, group);
    }

    /// <summary>Sets whether information was lost before we came; where it was, ratio and method of the first slice that states them.</summary>
    public void CopyLossyCompression(DicomDataset target)
    {
        DicomDataset? lossy = null;
        foreach (DicomSlice slice in series.Slices)
        {
            if (!IsLossy(slice.Header)) continue;
            lossy ??= slice.Header;
            if (slice.Header.GetValueCount(DicomTag.LossyImageCompressionRatio) == 0) continue;
            lossy = slice.Header;
            break;
        }
        target.AddOrUpdate(DicomTag.LossyImageCompression, lossy is null ? "00" : "01");
        if (lossy is null) return;
        if (lossy.TryGetValues(DicomTag.LossyImageCompressionRatio, out double[]? ratio) && ratio.Length > 0)
            target.AddOrUpdate(DicomTag.LossyImageCompressionRatio, ratio);
        target.CopyText(lossy, DicomTag.LossyImageCompressionMethod, always: false);
        if (!target.Contains(DicomTag.LossyImageCompressionMethod) && MethodOf(lossy.InternalTransferSyntax) is { } method)
            target.AddOrUpdate(DicomTag.LossyImageCompressionMethod, method);
    }

    private static bool IsLossy(DicomDataset header) =>
        header.InternalTransferSyntax.IsLossy
        || (header.TryGetString(DicomTag.LossyImageCompression, out string? flag) && flag == "01");

    /// <summary>Defined term of a syntax that may lose information. Source: PS3.3 C.7.6.1.1.5.1.</summary>
    private static string? MethodOf(DicomTransferSyntax syntax)
    {
        if (!syntax.IsLossy) return null;
        if (syntax == DicomTransferSyntax.JPEG2000Lossy) return "ISO_15444_1";
        if (syntax == DicomTransferSyntax.HTJ2K) return "ISO_15444_15";
        return syntax == DicomTransferSyntax.JPEGLSNearLossless ? "ISO_14495_1" : "ISO_10918_1";
    }

    private static DicomDataset Instance(DicomDataset header) => new DicomDataset()
        .AddOrUpdate(DicomTag.ReferencedSOPClassUID, SourceUids.Required(header, DicomTag.SOPClassUID))
        .AddOrUpdate(DicomTag.ReferencedSOPInstanceUID, SourceUids.Required(header, DicomTag.SOPInstanceUID));
}
