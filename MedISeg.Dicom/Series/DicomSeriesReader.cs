using MedISeg.Dicom.IO;
using MedISeg.Dicom.Pixels;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Series;

/// <summary>Reads DICOM files as volumes: slices in order of their position along the normal, values rescaled.</summary>
/// <remarks>What is read and what is refused, with tolerances: <c>docs/formats.md</c>.</remarks>
/// <param name="decoder">Borrowed.</param>
public sealed class DicomSeriesReader(FrameDecoder decoder)
{
    /// <summary>Bounds of each file that a caller cannot raise.</summary>
    public DicomReadLimits FileLimits { get; init; } = new();

    /// <summary>Reads the headers of all files and groups them by series.</summary>
    /// <param name="paths">Files in any order; names are not looked at.</param>
    /// <param name="policy">What to do with slices that form no regular grid.</param>
    /// <param name="cancellationToken">Checked once a file.</param>
    /// <returns>One entry a series (SeriesInstanceUID), in the order in which the first file of each came; several where a series holds several
    /// stacks (echoes, time points). Scouts are left out, unless there is nothing else.</returns>
    /// <exception cref="SegmentationException">A file is not a DICOM image (<see cref="ErrorCode.UnreadableImage"/>, <see
    /// cref="ErrorCode.NoPixelData"/>, <see cref="ErrorCode.TruncatedImage"/>), or a series is no regular grid (<see
    /// cref="ErrorCode.IrregularGeometry"/>, <see cref="ErrorCode.InvalidGeometry"/>, <see cref="ErrorCode.MixedSeries"/>); the detail gives
    /// numbers and mm.</exception>
    public IReadOnlyList<DicomSeries> Open(IReadOnlyList<string> paths, GeometryPolicy policy, CancellationToken cancellationToken) =>
        [.. Stacks(paths, cancellationToken).Stacks.Select(stack => SeriesBuilder.Build(stack.Slices, policy))];

    /// <inheritdoc cref="Open(IReadOnlyList{string}, GeometryPolicy, CancellationToken)"/>
    public IReadOnlyList<DicomSeries> Open(IReadOnlyList<string> paths, CancellationToken cancellationToken) =>
        Open(paths, GeometryPolicy.Reject, cancellationToken);

    /// <summary>Reads the headers of files that must be one stack of images, or of which one stack is wanted.</summary>
    /// <param name="paths">Files in any order; names are not looked at.</param>
    /// <param name="policy">What to do with slices that form no regular grid.</param>
    /// <param name="stack">Which one, from 1, as the refusal of an upload of several lists them; null: there must be one only.</param>
    /// <param name="cancellationToken">Checked once a file.</param>
    /// <returns>The series.</returns>
    /// <exception cref="SegmentationException">As <see cref="Open(IReadOnlyList{string}, GeometryPolicy, CancellationToken)"/>; <see
    /// cref="ErrorCode.MixedSeries"/> also where there are several stacks, <see cref="ErrorCode.InvalidOption"/> where there are fewer than
    /// the wanted one, <see cref="ErrorCode.UnreadableImage"/> where there is no file.</exception>
    public DicomSeries OpenSingle(IReadOnlyList<string> paths, GeometryPolicy policy, int? stack, CancellationToken cancellationToken)
    {
        (IReadOnlyList<ImageStack> stacks, int leftOut) = Stacks(paths, cancellationToken);
        if (stacks.Count == 0) throw new SegmentationException(ErrorCode.UnreadableImage, "The upload holds no file; send the images of one series.");
        if (stack > stacks.Count)
            throw new SegmentationException(ErrorCode.InvalidOption, $"The option stack is {stack}, and the upload holds {stacks.Count}: {List(stacks)}.");
        // Before the geometry: of two unrelated series, that they are two is what has to be said.
        if (stack is null && stacks.Count > 1)
            throw new SegmentationException(ErrorCode.MixedSeries,
                $"The upload holds {stacks.Count} stacks of images: {List(stacks)}; send one of them, or name one by option stack.");
        return SeriesBuilder.Build(stacks[(stack ?? 1) - 1].Slices, policy) with { LocalizersLeftOut = leftOut };
    }

    /// <inheritdoc cref="OpenSingle(IReadOnlyList{string}, GeometryPolicy, int?, CancellationToken)"/>
    public DicomSeries OpenSingle(IReadOnlyList<string> paths, GeometryPolicy policy, CancellationToken cancellationToken) =>
        OpenSingle(paths, policy, null, cancellationToken);

    /// <inheritdoc cref="OpenSingle(IReadOnlyList{string}, GeometryPolicy, int?, CancellationToken)"/>
    public DicomSeries OpenSingle(IReadOnlyList<string> paths, CancellationToken cancellationToken) =>
        OpenSingle(paths, GeometryPolicy.Reject, cancellationToken);

    /// <summary>Reads the voxels of a series.</summary>
    /// <param name="series">As one of the methods above gave it.</param>
    /// <param name="limits">Checked before memory is taken.</param>
    /// <param name="progress">Slices read so far, of all; null: nobody looks. Called from several threads.</param>
    /// <param name="cancellationToken">Checked once a slice.</param>
    /// <returns>Stored values in the smallest type that holds them (byte, short, ushort, int) with one slope and intercept where all
    /// slices share them, else real values as floats, as they also are where slices that form no grid are interpolated to one; colours as three
    /// channels R, G, B.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>, <see cref="ErrorCode.TruncatedImage"/>, <see
    /// cref="ErrorCode.UnreadableImage"/>, <see cref="ErrorCode.NoPixelData"/>, <see cref="ErrorCode.UnsupportedTransferSyntax"/>, <see
    /// cref="ErrorCode.InvalidVoxels"/>; the detail names the slice.</exception>
    public Volume Read(DicomSeries series, ImageLimits limits, IProgress<int>? progress, CancellationToken cancellationToken) =>
        Read(series, limits, progress, OrderedWork.DefaultThreads, cancellationToken);

    /// <summary>As the public overload, on a number of threads.</summary>
    internal Volume Read(DicomSeries series, ImageLimits limits, IProgress<int>? progress, int threads, CancellationToken cancellationToken)
    {
        Volume slices = new VoxelLoader(decoder, series, limits, FileLimits).Read(progress, threads, cancellationToken);
        return series.Stack?.Resample(slices, limits, threads, cancellationToken) ?? slices;
    }

    /// <summary>All stacks of all series, in the order in which their series came; scouts only where there is nothing else.</summary>
    private (IReadOnlyList<ImageStack> Stacks, int LocalizersLeftOut) Stacks(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        List<ImageStack> all = [.. Headers(paths, cancellationToken).SelectMany(group => ImageStack.Split(SeriesBuilder.Slices(group)))];
        List<ImageStack> images = [.. all.Where(stack => !stack.IsLocalizer)];
        return images.Count == 0 ? (all, 0) : (images, all.Where(stack => stack.IsLocalizer).Sum(stack => stack.Slices.Count));
    }

    /// <summary>Numbers and kinds of stacks, of at most sixteen.</summary>
    private static string List(IReadOnlyList<ImageStack> stacks)
    {
        const int Most = 16;
        string list = string.Join(", ", stacks.Take(Most).Select((stack, n) => $"{n + 1} ({stack.Describe()})"));
        return stacks.Count > Most ? list + ", ..." : list;
    }

    private List<List<(string Path, DicomDataset Header)>> Headers(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        DicomDataset[] headers = new DicomDataset[paths.Count];
        int elements = 0;
        OrderedWork.Run(paths.Count, OrderedWork.DefaultThreads, n =>
        {
            DicomFile file = DicomFile.Open(paths[n], FileReadOption.Headers, FileLimits);
            InstanceUids.Complete(file);
            ImageObjects.Check(file, n + 1);
            // No sum of so few files' own bounds overflows before one of them is refused.
            if ((uint)Interlocked.Add(ref elements, file.ElementCount) > FileLimits.MaxHeaderElements)
                throw new SegmentationException(ErrorCode.TooLarge,
                    $"The files have more than {FileLimits.MaxHeaderElements} elements in all; send the images without their private attributes.");
            headers[n] = file.Dataset;
        }, cancellationToken);

        List<List<(string, DicomDataset)>> groups = [];
        Dictionary<string, List<(string, DicomDataset)>> bySeries = new(StringComparer.Ordinal);
        for (int n = 0; n < headers.Length; n++)
        {
            string uid = headers[n].TryGetString(DicomTag.SeriesInstanceUID, out string? text) ? text : "";
            if (!bySeries.TryGetValue(uid, out List<(string, DicomDataset)>? group))
            {
                groups.Add(group = []);
                bySeries.Add(uid, group);
            }
            group.Add((paths[n], headers[n]));
        }
        return groups;
    }
}
