using System.Globalization;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Segmentations;

/// <summary>A segmentation object that was read, whoever wrote it. Frames are decoded one by one, when they are asked for.</summary>
public sealed class DicomSegmentation
{
    private const int MostPixels = 1 << 28;

    private readonly DicomDataset _dataset;
    private readonly DicomPixelData _pixels;
    private readonly FrameDecoder? _decoder;

    private DicomSegmentation(DicomDataset dataset, FrameDecoder? decoder)
    {
        string sopClass = dataset.GetString(DicomTag.SOPClassUID);
        if (sopClass is not (DicomUID.SegmentationStorage or DicomUID.LabelMapSegmentationStorage))
            throw new SegmentationException(ErrorCode.UnreadableImage, "The DICOM object is not a segmentation; send a SEG object.");
        _dataset = dataset;
        _decoder = decoder;
        Kind = KindOf(dataset);
        Segments = SegmentReader.Read(dataset);
        MaximumFraction = Kind == SegmentationKind.Fractional ? dataset.GetSingleValueOrDefault(DicomTag.MaximumFractionalValue, 255) : 1;
        if (MaximumFraction < 1)
            throw new SegmentationException(ErrorCode.UnreadableImage, $"The value of {DicomTag.MaximumFractionalValue} must be above 0.");
        _pixels = DicomPixelData.Create(dataset);
        if (_pixels.SamplesPerPixel != 1)
            throw new SegmentationException(ErrorCode.UnreadableImage, "The segmentation has more than one sample a pixel; export it again.");
        if ((long)_pixels.Width * _pixels.Height > MostPixels)
            throw new SegmentationException(ErrorCode.TooLarge, "A frame of the segmentation has over 2^28 pixels; export smaller frames.");
        Frames = [.. Enumerable.Range(0, _pixels.NumberOfFrames)
            .Select(frame => new SegmentationFrame(SegmentNumber(frame), FunctionalGroups.Position(dataset, frame)))];
    }

    /// <summary>How the object holds its segments.</summary>
    public SegmentationKind Kind { get; }

    /// <summary>The segments in the object's order; of a label map also the background, where it is described.</summary>
    public IReadOnlyList<DicomSegment> Segments { get; }

    /// <summary>One entry a frame.</summary>
    public IReadOnlyList<SegmentationFrame> Frames { get; }

    /// <summary>Number of frames, at least 1.</summary>
    public int FrameCount => Frames.Count;

    /// <summary>Rows of a frame.</summary>
    public int Rows => _pixels.Height;

    /// <summary>Columns of a frame.</summary>
    public int Columns => _pixels.Width;

    /// <summary>Stored value that stands for the whole pixel; 1 where the object holds no fractions.</summary>
    public int MaximumFraction { get; }

    /// <summary>Everything that the object holds.</summary>
    public DicomDataset Dataset => _dataset;

    /// <summary>Reads a BINARY, FRACTIONAL or LABELMAP segmentation.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="decoder">Borrowed; decodes compressed frames. Null: one of its own is started where frames are read.</param>
    /// <exception cref="SegmentationException">The file is none, or is damaged.</exception>
    public static DicomSegmentation Open(string path, FrameDecoder? decoder = null) => new(DicomFile.Open(path).Dataset, decoder);

    /// <summary>Takes an object that is in memory.</summary>
    /// <inheritdoc cref="Open"/>
    /// <param name="dataset">With its pixel data.</param>
    /// <param name="decoder">Borrowed; decodes compressed frames. Null: one of its own is started where frames are read.</param>
    public static DicomSegmentation Create(DicomDataset dataset, FrameDecoder? decoder = null) => new(dataset, decoder);

    /// <summary>The smallest regular grid on whose planes all frames lie; k grows along row direction x column direction.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: frames do not say where they lie;
    /// <see cref="ErrorCode.IrregularGeometry"/>: there is no such grid.</exception>
    public VolumeGeometry FindGrid() => FrameGrid.Smallest(
        [.. Enumerable.Range(0, FrameCount).Select(frame => FrameGrid.Plane(_dataset, frame, Rows, Columns))],
        FunctionalGroups.Measure(_dataset, 0, DicomTag.SpacingBetweenSlices), FunctionalGroups.Measure(_dataset, 0, DicomTag.SliceThickness));

    /// <summary>Stored values of a frame, row-major: 0 and 1, fractions of <see cref="MaximumFraction"/>, or segment numbers.</summary>
    /// <param name="frame">From 0.</param>
    /// <param name="cancellationToken">Ends a decode.</param>
    /// <exception cref="SegmentationException">The frame is damaged, or its transfer syntax is not decoded here.</exception>
    public int[] ReadFrame(int frame, CancellationToken cancellationToken)
    {
        int[] values = new int[Rows * Columns];
        using FrameDecoder? own = _decoder is null ? new FrameDecoder() : null;
        (_decoder ?? own!).ReadValues(_pixels, frame, values, cancellationToken);
        return values;
    }

    /// <summary>The segments as a label map on a grid; label n is segment number n. A fraction counts where it is above one half.</summary>
    /// <param name="geometry">A grid on whose planes the frames lie: i along their rows, j along their columns, within what a series' slices
    /// may be off their grid (5 % of the planes' distance along the normal, a tenth of a pixel across it). Null: <see cref="FindGrid"/>.</param>
    /// <param name="cancellationToken">Checked once a frame.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.IrregularGeometry"/>: a frame is on no plane of the grid;
    /// <see cref="ErrorCode.InvalidVoxels"/>: segments overlap, or a value is no segment's number.</exception>
    public LabelMap ToLabelMap(VolumeGeometry? geometry, CancellationToken cancellationToken)
    {
        geometry ??= FindGrid();
        LabelMap labels = LabelMap.Empty(geometry, Segments.Max(segment => segment.Number));
        bool[] known = new bool[ushort.MaxValue + 1];
        foreach (DicomSegment segment in Segments) known[segment.Number] = true;
        VisitFrames(geometry, null, (frame, start, values) =>
        {
            int number = Frames[frame].SegmentNumber ?? 0;
            for (int n = 0; n < values.Length; n++)
            {
                int label = Kind == SegmentationKind.LabelMap ? values[n] : IsInside(values[n]) ? number : 0;
                if (label == 0) continue;
                if ((uint)label >= known.Length || !known[label]) throw Undescribed(label);
                int before = labels.IsWide ? labels.Words[start + n] : labels.Bytes[start + n];
                if (before != 0 && before != label) throw Overlap(before, label);
                if (labels.IsWide) labels.Words[start + n] = (ushort)label;
                else labels.Bytes[start + n] = (byte)label;
            }
        }, cancellationToken);
        return labels;
    }

    /// <summary>The segments as a label map on a grid, without a way to stop.</summary>
    /// <inheritdoc cref="ToLabelMap(VolumeGeometry?, CancellationToken)"/>
    public LabelMap ToLabelMap(VolumeGeometry? geometry = null) => ToLabelMap(geometry, CancellationToken.None);

    /// <summary>One segment as a label map of 0 and 1; segments may overlap. A fraction counts where it is above one half.</summary>
    /// <param name="segmentNumber">Number of a segment.</param>
    /// <param name="geometry">As for <see cref="ToLabelMap(VolumeGeometry?, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Checked once a frame.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such segment.</exception>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.IrregularGeometry"/>: a frame is on no plane of the grid.</exception>
    public LabelMap ToMask(int segmentNumber, VolumeGeometry? geometry, CancellationToken cancellationToken)
    {
        geometry ??= FindGrid();
        LabelMap mask = LabelMap.Empty(geometry, 1);
        VisitFrames(geometry, Checked(segmentNumber), (_, start, values) =>
        {
            for (int n = 0; n < values.Length; n++)
                if (Kind == SegmentationKind.LabelMap ? values[n] == segmentNumber : IsInside(values[n])) mask.Bytes[start + n] = 1;
        }, cancellationToken);
        return mask;
    }

    /// <summary>One segment as a volume of fractions from 0 to 1; where frames share a plane, the largest.</summary>
    /// <inheritdoc cref="ToMask"/>
    public Volume ToFractions(int segmentNumber, VolumeGeometry? geometry, CancellationToken cancellationToken)
    {
        geometry ??= FindGrid();
        float[] fractions = new float[geometry.Grid.VoxelCount];
        VisitFrames(geometry, Checked(segmentNumber), (_, start, values) =>
        {
            for (int n = 0; n < values.Length; n++)
            {
                float fraction = Kind == SegmentationKind.LabelMap ? values[n] == segmentNumber ? 1 : 0 : (float)values[n] / MaximumFraction;
                fractions[start + n] = Math.Max(fractions[start + n], fraction);
            }
        }, cancellationToken);
        return new Volume(geometry, [fractions]);
    }

    private void VisitFrames(VolumeGeometry geometry, int? segment, Action<int, int, int[]> visit, CancellationToken cancellationToken)
    {
        int[] values = new int[Rows * Columns];
        int padding = Kind == SegmentationKind.LabelMap ? _dataset.GetSingleValueOrDefault<ushort>(DicomTag.PixelPaddingValue, 0) : 0;
        using FrameDecoder? own = _decoder is null ? new FrameDecoder() : null;
        for (int frame = 0; frame < FrameCount; frame++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Kind != SegmentationKind.LabelMap)
            {
                int number = Frames[frame].SegmentNumber ?? throw new SegmentationException(ErrorCode.UnreadableImage,
                    string.Create(CultureInfo.InvariantCulture, $"Frame {frame + 1} does not say which segment it belongs to; export the object again."));
                if (segment is { } wanted && number != wanted) continue;
            }
            int k = FrameGrid.PlaneOf(geometry, FrameGrid.Plane(_dataset, frame, Rows, Columns), frame);
            (_decoder ?? own!).ReadValues(_pixels, frame, values, cancellationToken);
            if (padding != 0) values.AsSpan().Replace(padding, 0);
            visit(frame, k * Rows * Columns, values);
        }
    }

    private bool IsInside(int value) => 2L * value > MaximumFraction;

    private int Checked(int number) =>
        Segments.Any(segment => segment.Number == number) ? number : throw new ArgumentOutOfRangeException(nameof(number));

    private int? SegmentNumber(int frame)
    {
        if (Kind == SegmentationKind.LabelMap) return null;
        if (FunctionalGroups.Find(_dataset, frame, DicomTag.SegmentIdentificationSequence) is { } group
            && group.TryGetSingleValue(DicomTag.ReferencedSegmentNumber, out ushort number))
            return number;
        return Segments.Count == 1 ? Segments[0].Number : null;
    }

    private static SegmentationKind KindOf(DicomDataset dataset) => dataset.GetString(DicomTag.SegmentationType) switch
    {
        "BINARY" => SegmentationKind.Binary,
        "FRACTIONAL" => SegmentationKind.Fractional,
        "LABELMAP" => SegmentationKind.LabelMap,
        _ => throw new SegmentationException(ErrorCode.UnreadableImage,
            $"The value of {DicomTag.SegmentationType} must be BINARY, FRACTIONAL or LABELMAP."),
    };

    private static SegmentationException Undescribed(int label) => new(ErrorCode.InvalidVoxels,
        string.Create(CultureInfo.InvariantCulture, $"The segmentation uses segment {label}, which it does not describe; export the object again."));

    private static SegmentationException Overlap(int first, int second) => new(ErrorCode.InvalidVoxels,
        string.Create(CultureInfo.InvariantCulture, $"Segments {first} and {second} overlap, which a label map cannot show; read them one by one."));
}
