using System.Globalization;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Api.Pacs;
using MedISeg.Api.SystemInformation;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Jobs;

/// <summary>Reads a job's files into one image and keeps it within the limits.</summary>
internal sealed class JobInputs(JobFiles files, DicomInputs dicom, PacsInputs pacs, ServerDefaults defaults, IOptions<LimitOptions> limits, ControlGroup group)
{
    /// <summary>Reads all files of a job: the slices of DICOM series, or one file a channel in the package's order.</summary>
    /// <exception cref="SegmentationException">An image cannot be read, is too large, does not lie on the first one's grid, or is not what
    /// the model takes.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public JobImage Read(JobRecord job, ModelManifest manifest, SegmentationOptions? requested, CancellationToken cancellationToken)
    {
        ImageLimits all = new() { MaxVoxels = limits.Value.MaxVoxels, MaxDecodedBytes = limits.Value.MemoryWithin(group) };
        InputList list = files.List(job.Id);
        EffectiveOptions options = EffectiveOptions.Create(requested, manifest, defaults.Options);
        JobImage image = job.InputKind == InputKind.Dicom
            ? ReadDicom(job, list, manifest, options, all, cancellationToken)
            : new JobImage(ReadImages(job, manifest, all, cancellationToken), job.InputKind, [], []);
        if (list.Skipped == 0) return image;
        return image with { Warnings = [.. image.Warnings, $"{list.Skipped} file(s) of the upload were no images and were left out."] };
    }

    /// <summary>The files of a DICOM job, fetched first where they are in an archive.</summary>
    private JobImage ReadDicom(
        JobRecord job, InputList list, ModelManifest manifest, EffectiveOptions options, ImageLimits all, CancellationToken cancellationToken)
    {
        if (list.Series is not { } series)
            return dicom.Read([.. Enumerable.Range(0, job.InputFiles).Select(n => files.Input(job.Id, n))], list.Channels, manifest, options, all, cancellationToken);
        // The worker is a thread of its own and has nothing to do until the files are there.
        IReadOnlyList<IReadOnlyList<string>> fetched = pacs.FetchAsync(series, n => files.Input(job.Id, n), cancellationToken).GetAwaiter().GetResult();
        int[]? channels = fetched.Count == 1 ? null : [.. fetched.SelectMany((paths, channel) => paths.Select(_ => channel))];
        return dicom.Read([.. fetched.SelectMany(paths => paths)], channels, manifest, options, all, cancellationToken);
    }

    /// <summary>Refuses a job whose estimated memory, model grid or number of network calls exceeds its limit, before any of it is spent.</summary>
    /// <returns>What it is estimated to take.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>.</exception>
    public MemoryEstimate CheckCost(Volume image, LoadedModel model, SegmentationOptions? requested)
    {
        EffectiveOptions options = EffectiveOptions.Create(requested, model.Manifest, defaults.Options);
        MemoryEstimate size = MemoryEstimate.Create(model, image.Geometry, image.Channels, options, image.BytesPerVoxel, defaults.Options);
        if (size.ModelVoxels > limits.Value.MaxVoxels)
            throw new SegmentationException(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"At the model's spacing the image would have {size.ModelVoxels} voxels, and the limit is {limits.Value.MaxVoxels}; "
                + $"check the image's spacing, or send a part of it."));
        if (size.NetworkCalls > limits.Value.MaxNetworkCalls)
            throw new SegmentationException(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"The job would call the network {size.NetworkCalls} times, and the limit is {limits.Value.MaxNetworkCalls}; "
                + $"lower slidingWindow.overlap, take fewer views or members, or crop the image."));
        long estimate = size.TotalBytes, limit = limits.Value.MemoryWithin(group);
        if (estimate > limit)
            throw new SegmentationException(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"The job would take about {estimate >> 20} MiB of memory, and the limit is {limit >> 20} MiB; "
                + $"crop the image, resample it, or choose a model with fewer classes or a coarser grid."));
        return size;
    }

    private Volume ReadImages(JobRecord job, ModelManifest manifest, ImageLimits all, CancellationToken cancellationToken)
    {
        Volume image = job.InputFiles == 1
            ? ReadFile(files.Input(job.Id, 0), all, cancellationToken)
            : ChannelStack.Read(job.InputFiles, manifest, all, (n, rest) => ReadFile(files.Input(job.Id, n), rest, cancellationToken));
        if (job.InputKind == InputKind.Raster && !image.IsPlanar)
            throw new SegmentationException(ErrorCode.DimensionMismatch,
                $"The picture has {image.Geometry.Grid.Depth} pages, and the model takes one plane; send the pages one by one.");
        return image;
    }

    private static Volume ReadFile(string path, ImageLimits limits, CancellationToken cancellationToken)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        using StoppableStream stream = new(file, cancellationToken);
        return ImageReader.Read(stream, limits).Volume;
    }
}
