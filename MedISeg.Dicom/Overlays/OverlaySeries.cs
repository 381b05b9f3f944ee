using System.Globalization;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Overlays;

/// <summary>Pictures of a segmentation over its image, for viewers that know no segmentations: a secondary capture series.</summary>
public static class OverlaySeries
{
    private const int ColourChannels = 3;

    /// <summary>A direction points to a side of the patient from this cosine on.</summary>
    private const double LeastShare = 0.05;

    private static readonly DicomCode SourceImage = new("DCM", "121322", "Source image for image processing operation");

    /// <summary>Makes the objects, one a plane of the grid, each when it is asked for: explicit VR little endian, RGB of 8 bit.</summary>
    /// <param name="source">Series that was segmented: patient, study, frame of reference, positions and windows come from it.</param>
    /// <param name="image">Its voxels; borrowed. Of a series of colours three channels, else the first is shown.</param>
    /// <param name="labels">On exactly the series' grid; borrowed.</param>
    /// <param name="description">What the series says of itself; instance UIDs derive from its.</param>
    /// <param name="cancellationToken">Checked once a plane.</param>
    /// <exception cref="ArgumentException">Image or label map are on another grid, or there is a label that no segment describes.</exception>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: the source has no frame of reference; <see
    /// cref="ErrorCode.UnreadableImage"/>: it lacks a UID.</exception>
    /// <remarks>Grey values are shown through the slice's first window, or where it states none from the 0.5th to the 99.5th percentile of the image.
    /// The same input gives the same bytes.</remarks>
    public static IEnumerable<DicomFile> Create(
        DicomSeries source, Volume image, LabelMap labels, SegmentationDescription description, CancellationToken cancellationToken)
    {
        DerivedObject.Check(source, labels, description);
        if (!image.Geometry.Matches(labels.Geometry)) throw new ArgumentException("The image is not on the series' grid.", nameof(image));
        return Planes(source, image, labels, description, cancellationToken);
    }

    private static IEnumerable<DicomFile> Planes(
        DicomSeries source, Volume image, LabelMap labels, SegmentationDescription description, CancellationToken cancellationToken)
    {
        bool isColour = source.Header.GetSingleValueOrDefault(DicomTag.SamplesPerPixel, 1) == ColourChannels && image.Channels == ColourChannels;
        Volume shown = isColour || image.Channels == 1 ? image : new Volume(image.Geometry, [image.Stored(0)], image.Slope, image.Intercept);
        OverlayPainter painter = new(shown, labels, description.Segments);
        GreyWindow? whole = isColour ? new GreyWindow(0, (1 << source.Header.GetSingleValueOrDefault(DicomTag.BitsStored, 8)) - 1, false) : null;
        for (int k = 0; k < image.Geometry.Grid.Depth; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Planes of an interpolated grid are no slices; the first one's window serves.
            DicomSlice slice = source.Slices[source.Stack is null ? k : 0];
            GreyWindow window = (isColour ? whole : GreyWindow.Of(slice)) ?? (whole ??= GreyWindow.Of(shown, slice, cancellationToken));
            yield return new DicomFile(Header(source, description, k).AddOrUpdate(DicomVR.Parse("OB"), DicomTag.PixelData, painter.Paint(k, window)));
        }
    }

    private static DicomDataset Header(DicomSeries source, SegmentationDescription description, int k)
    {
        string uid = DicomUID.Derive(string.Create(CultureInfo.InvariantCulture, $"{description.SopInstanceUid}|plane|{k}"), description.UidRoot);
        DicomDataset target = DerivedObject.Create(source, description with { SopInstanceUid = uid }, DicomUID.SecondaryCaptureImageStorage, "OT");
        SourceReferences references = new(source);
        GridSize grid = source.Geometry.Grid;
        target.AddOrUpdate(DicomTag.InstanceNumber, k + 1)
            .PutText(DicomTag.ConversionType, "WSD")
            .AddOrUpdate(DicomTag.ImageType, "DERIVED", "SECONDARY")
            .PutText(DicomTag.ContentDate, target.GetString(DicomTag.InstanceCreationDate))
            .PutText(DicomTag.ContentTime, target.GetString(DicomTag.InstanceCreationTime))
            .PutText(DicomTag.DerivationDescription, $"Segmentation over the image. {description.ContentDescription}")
            .PutText(DicomTag.BurnedInAnnotation, source.Header.GetSingleValueOrDefault(DicomTag.BurnedInAnnotation, "") == "YES" ? "YES" : "NO")
            .AddOrUpdate(DicomTag.SamplesPerPixel, ColourChannels)
            .PutText(DicomTag.PhotometricInterpretation, "RGB")
            .AddOrUpdate(DicomTag.PlanarConfiguration, 0)
            .AddOrUpdate(DicomTag.Rows, grid.Height).AddOrUpdate(DicomTag.Columns, grid.Width)
            .AddOrUpdate(DicomTag.BitsAllocated, 8).AddOrUpdate(DicomTag.BitsStored, 8).AddOrUpdate(DicomTag.HighBit, 7)
            .AddOrUpdate(DicomTag.PixelRepresentation, 0);
        target.CopyText(source.Header, DicomTag.Laterality, always: true);
        references.CopyLossyCompression(target);
        AddPlace(target, source.Geometry, k);
        if (source.Stack is null)
            target.AddOrUpdate(DicomTag.SourceImageSequence, references.Image(k).AddOrUpdate(DicomTag.PurposeOfReferenceCodeSequence, Utf8Elements.Item(SourceImage)));
        return target;
    }

    private static void AddPlace(DicomDataset target, VolumeGeometry geometry, int k)
    {
        SpacingMm spacing = geometry.Spacing;
        Vector3D place = geometry.IndexToPatient.Apply(0, 0, k);
        Vector3D row = geometry.IndexToPatient.I * (1 / spacing.I), column = geometry.IndexToPatient.J * (1 / spacing.J);
        target.AddOrUpdate(DicomTag.ImagePositionPatient, place.X, place.Y, place.Z)
            .AddOrUpdate(DicomTag.ImageOrientationPatient, row.X, row.Y, row.Z, column.X, column.Y, column.Z)
            .AddOrUpdate(DicomTag.PatientOrientation, Towards(row), Towards(column))
            .AddOrUpdate(DicomTag.PixelSpacing, spacing.J, spacing.I)
            .AddOrUpdate(DicomTag.SliceThickness, spacing.K);
    }

    /// <summary>Sides of the patient that a direction points to, the nearest first: left or right, posterior or anterior, head or feet.</summary>
    private static string Towards(Vector3D direction)
    {
        (double Share, char Positive, char Negative)[] axes = [(direction.X, 'L', 'R'), (direction.Y, 'P', 'A'), (direction.Z, 'H', 'F')];
        return string.Concat(axes.Where(axis => Math.Abs(axis.Share) > LeastShare).OrderByDescending(axis => Math.Abs(axis.Share))
            .Select(axis => axis.Share > 0 ? axis.Positive : axis.Negative));
    }
}
