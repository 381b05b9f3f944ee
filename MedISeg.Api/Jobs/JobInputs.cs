using System.Globalization;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Jobs;

/// <summary>Reads a job's files into one image and keeps it within the limits.</summary>
internal sealed class JobInputs(JobFiles files, ServerDefaults defaults, IOptions<LimitOptions> limits)
{
    /// <summary>Reads all files of a job; several files are channels in the package's order.</summary>
    /// <exception cref="SegmentationException">An image cannot be read, is too large, or does not lie on the first one's grid.</exception>
    public Volume Read(JobRecord job, ModelManifest manifest)
    {
        ImageLimits each = new() { MaxVoxels = limits.Value.MaxVoxels, MaxDecodedBytes = limits.Value.MaxMemoryBytes };
        Volume image = job.InputFiles == 1 ? ImageReader.Read(files.Input(job.Id, 0), each).Volume : Join(job, manifest, each);
        if (job.InputKind == InputKind.Raster && !image.IsPlanar)
            throw new SegmentationException(ErrorCode.DimensionMismatch,
                $"The picture has {image.Geometry.Grid.Depth} pages, and the model takes one plane; send the pages one by one.");
        return image;
    }

    /// <summary>Refuses a job whose estimated memory, model grid or number of network calls exceeds its limit, before any of it is spent.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>.</exception>
    public void CheckMemory(Volume image, LoadedModel model, SegmentationOptions? requested)
    {
        EffectiveOptions options = EffectiveOptions.Create(requested, model.Manifest, defaults.Options);
        MemoryEstimate size = MemoryEstimate.Create(model, image.Geometry, image.Channels, options, image.BytesPerVoxel);
        if (size.ModelVoxels > limits.Value.MaxVoxels)
            throw new SegmentationException(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"At the model's spacing the image would have {size.ModelVoxels} voxels, and the limit is {limits.Value.MaxVoxels}; check the image's spacing, or send a part of it."));
        if (size.NetworkCalls > limits.Value.MaxNetworkCalls)
            throw new SegmentationException(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"The job would call the network {size.NetworkCalls} times, and the limit is {limits.Value.MaxNetworkCalls}; lower slidingWindow.overlap, take fewer views or members, or crop the image."));
        long estimate = size.TotalBytes, limit = limits.Value.MaxMemoryBytes;
        if (estimate > limit)
            throw new SegmentationException(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"The job would take about {estimate >> 20} MiB of memory, and the limit is {limit >> 20} MiB; crop the image, resample it, or choose a model with fewer classes or a coarser grid."));
    }

    private Volume Join(JobRecord job, ModelManifest manifest, ImageLimits all)
    {
        string[] names = [.. manifest.Inputs.Select(input => input.Name)];
        Volume[] channels = new Volume[job.InputFiles];
        ImageLimits rest = all;
        for (int n = 0; n < channels.Length; n++)
        {
            channels[n] = ReadChannel(files.Input(job.Id, n), rest, n == 0 ? null : names[n]);
            long voxels = channels[n].Geometry.Grid.VoxelCount * channels[n].Channels;
            rest = new() { MaxVoxels = rest.MaxVoxels - voxels, MaxDecodedBytes = rest.MaxDecodedBytes - voxels * channels[n].BytesPerVoxel };
        }
        return ChannelStack.Join(channels, names);
    }

    /// <summary>Reads a channel's file; the limits are what the files before it have left.</summary>
    private Volume ReadChannel(string path, ImageLimits rest, string? later)
    {
        try
        {
            return ImageReader.Read(path, rest).Volume;
        }
        catch (SegmentationException e) when (later is not null && e.Code == ErrorCode.TooLarge)
        {
            // The reader's sentence would name what is left as the limit.
            throw new SegmentationException(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"The images up to channel '{later}' together exceed {limits.Value.MaxVoxels} voxels or {limits.Value.MaxMemoryBytes} bytes, the limits of one image with all its channels; crop or resample all of them."), e);
        }
    }
}
