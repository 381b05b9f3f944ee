using MedISeg.Api.Uploads;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;

namespace MedISeg.Api.Segmentations;

/// <summary>Brings the files of a request into the order of the model's input channels.</summary>
internal static class ChannelOrder
{
    /// <summary>Places of the files, in channel order.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.MalformedRequest"/> or <see cref="ErrorCode.ChannelMismatch"/>: the
    /// files do not fit the channels.</exception>
    public static IReadOnlyList<int> Of(IReadOnlyList<UploadedFile> files, ModelManifest manifest)
    {
        string names = string.Join(", ", manifest.Inputs.Select(input => $"'{input.Name}'"));
        if (files.Select(file => file.Kind).Distinct().Count() > 1)
            throw new SegmentationException(ErrorCode.MalformedRequest, "All channels must come in one kind of file: either NIfTI or pictures.");
        bool named = files.Any(file => file.Channel is not null);
        if (named && files.Any(file => file.Channel is null))
            throw new SegmentationException(ErrorCode.MalformedRequest, $"Name either all image parts by their channel ({names}) or none.");
        // One file may hold all channels.
        if (files.Count > 1 && files.Count != manifest.Inputs.Count)
            throw new SegmentationException(manifest.Inputs.Count == 1 ? ErrorCode.MalformedRequest : ErrorCode.ChannelMismatch,
                $"{files.Count} image files came, and the model takes {manifest.Inputs.Count} channel(s): {names}. " +
                "Send one file, or one a channel; DICOM series are not read by this version.");
        if (!named) return [.. Enumerable.Range(0, files.Count)];
        int[] order = [.. manifest.Inputs.Select(input => IndexOf(files, input.Name))];
        if (files.Count != manifest.Inputs.Count || order.Contains(-1))
            throw new SegmentationException(ErrorCode.ChannelMismatch, $"Send one part for each channel of the model: {names}.");
        return order;
    }

    private static int IndexOf(IReadOnlyList<UploadedFile> files, string channel)
    {
        for (int n = 0; n < files.Count; n++)
            if (files[n].Channel == channel) return n;
        return -1;
    }
}
