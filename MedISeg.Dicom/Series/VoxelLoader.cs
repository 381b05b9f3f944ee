using MedISeg.Dicom.IO;
using MedISeg.Dicom.Pixels;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Series;

/// <summary>Decodes the slices of a series into the arrays that a volume keeps.</summary>
internal sealed class VoxelLoader
{
    private readonly FrameDecoder _decoder;
    private readonly DicomSeries _series;
    private readonly DicomReadLimits _fileLimits;
    private readonly SlicePixels[] _pixels;
    private readonly PixelColour.Kind _colour;
    private readonly int _planeVoxels;
    private readonly VoxelStore _store;
    private int _done;

    /// <summary>Reads what the headers say, checks it against the limits and takes the memory.</summary>
    /// <param name="decoder">Borrowed.</param>
    /// <param name="series">The series.</param>
    /// <param name="limits">How large it may be.</param>
    /// <param name="fileLimits">Bounds of each file.</param>
    /// <exception cref="SegmentationException">A header cannot be read, the series is too large, or a file is too short.</exception>
    public VoxelLoader(FrameDecoder decoder, DicomSeries series, ImageLimits limits, DicomReadLimits fileLimits)
    {
        _decoder = decoder;
        _series = series;
        _fileLimits = fileLimits;
        _colour = PixelColour.Of(series.Slices[0]);
        _pixels = [.. series.Slices.Select(SlicePixels.Read)];
        GridSize grid = series.Planes.Grid;
        int channels = _colour == PixelColour.Kind.Grey ? 1 : 3;
        VoxelStore.Plan plan = VoxelStore.PlanOf(_pixels);
        limits.Check([grid.Width, grid.Height, grid.Depth, channels], plan.BytesPerVoxel);
        NativeLength.Check(series);
        _planeVoxels = checked(grid.Height * grid.Width);
        _store = new VoxelStore(plan, channels, (int)grid.VoxelCount);
    }

    /// <summary>Decodes all slices.</summary>
    public Volume Read(IProgress<int>? progress, int threads, CancellationToken cancellationToken)
    {
        // A file of many frames is opened once and its frames are shared out; of many files, each thread holds one at a time.
        List<IGrouping<string, int>> files =
            [.. Enumerable.Range(0, _series.Slices.Count).GroupBy(k => _series.Slices[k].Path, StringComparer.Ordinal)];
        (int fileThreads, int frameThreads) = files.Count == 1 ? (1, threads) : (threads, 1);
        OrderedWork.Run(files.Count, fileThreads, file =>
        {
            int[] planes = [.. files[file]];
            using LentFile lent = Named(planes[0], () => LentFile.Open(files[file].Key, FileReadOption.ReadAll, _fileLimits));
            DicomPixelData pixels = Named(planes[0], () => DicomPixelData.Create(lent.File.Dataset));
            OrderedWork.Run(planes.Length, frameThreads, n =>
            {
                Named(planes[n], () => Decode(planes[n], lent.File.Dataset, pixels, cancellationToken));
                progress?.Report(Interlocked.Increment(ref _done));
            }, cancellationToken);
        }, cancellationToken);
        return new Volume(_series.Planes, _store.Channels, _store.Slope * _series.Scale, _store.Intercept * _series.Scale);
    }

    private bool Decode(int k, DicomDataset dataset, DicomPixelData data, CancellationToken cancellationToken)
    {
        DicomSlice slice = _series.Slices[k];
        GridSize grid = _series.Planes.Grid;
        int samples = _colour == PixelColour.Kind.Palette ? 1 : _store.Channels.Length;
        if (data.Width != grid.Width || data.Height != grid.Height || data.SamplesPerPixel != samples
            || slice.Frame >= data.NumberOfFrames)
            throw new SegmentationException(ErrorCode.UnreadableImage, "The pixels are not those that the header described; send the file again.");
        SlicePixels pixels = _pixels[k];
        if (_store.HasWords && _colour == PixelColour.Kind.Grey && pixels is { HasTable: false, Inverts: false } && data is { BitsAllocated: 16, IsFloat: false })
        {
            _decoder.ReadWords(data, slice.Frame, _store.Words(k * _planeVoxels, _planeVoxels), cancellationToken);
            return true;
        }
        if (_store.HasBytes && _colour == PixelColour.Kind.Grey && pixels is { HasTable: false, Inverts: false } && data is { BitsAllocated: 8, BitsStored: 8, IsSigned: false })
        {
            _decoder.ReadBytes(data, slice.Frame, _store.Bytes(k * _planeVoxels, _planeVoxels), cancellationToken);
            return true;
        }
        int[] values = GC.AllocateUninitializedArray<int>(checked(_planeVoxels * samples));
        _decoder.ReadValues(data, slice.Frame, values, cancellationToken);
        if (pixels.HasTable) ModalityTable.Read(slice, dataset).Apply(values);
        if (_colour == PixelColour.Kind.Palette)
        {
            int[] colours = GC.AllocateUninitializedArray<int>(checked(_planeVoxels * _store.Channels.Length));
            PaletteTable.Read(slice, dataset).Apply(values, colours);
            values = colours;
        }
        PixelColour.ToRgb(_colour, values);
        _store.Write(values, k * _planeVoxels, pixels);
        return true;
    }

    /// <summary>Puts the slice's name before a refusal, where there are several slices.</summary>
    private T Named<T>(int k, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SegmentationException e) when (_series.Slices.Count > 1)
        {
            string name = _series.Slices[k].Name;
            throw new SegmentationException(e.Code, $"{char.ToUpperInvariant(name[0])}{name[1..]}: {e.Message}", e);
        }
    }
}
