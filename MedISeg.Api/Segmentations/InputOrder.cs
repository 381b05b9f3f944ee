using MedISeg.Api.Jobs;
using MedISeg.Api.Pacs;
using MedISeg.Api.Uploads;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;

namespace MedISeg.Api.Segmentations;

/// <summary>How the files of a request belong to the model's input channels.</summary>
/// <param name="Places">Places of the files in the upload, in the order in which the job reads them.</param>
/// <param name="Channels">Channel of each DICOM file, from 0; null: one file a channel, or the package's rules say it.</param>
internal sealed record InputOrder(IReadOnlyList<int> Places, IReadOnlyList<int>? Channels)
{
    /// <summary>Finds the channels by the names of the parts, or leaves the files in their order.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.MalformedRequest"/> or <see cref="ErrorCode.ChannelMismatch"/>: the
    /// files do not fit the channels.</exception>
    public static InputOrder Of(IReadOnlyList<UploadedFile> files, ModelManifest manifest)
    {
        string names = string.Join(", ", manifest.Inputs.Select(input => $"'{input.Name}'"));
        if (files.Any(file => file.Kind != files[0].Kind))
            throw new SegmentationException(ErrorCode.MalformedRequest, "All images must come in one kind of file: DICOM, NIfTI or pictures.");
        bool named = files.Any(file => file.Channel is not null), dicom = files[0].Kind == InputKind.Dicom;
        if (named && files.Any(file => file.Channel is null))
            throw new SegmentationException(ErrorCode.MalformedRequest, $"Name either all image parts by their channel ({names}) or none.");
        // One file may hold all channels, and a DICOM file is a slice.
        if (!dicom && files.Count > 1 && files.Count != manifest.Inputs.Count)
            throw new SegmentationException(manifest.Inputs.Count == 1 ? ErrorCode.MalformedRequest : ErrorCode.ChannelMismatch,
                $"{files.Count} image files came, and the model takes {manifest.Inputs.Count} channel(s): {names}. Send one file, or one a channel.");
        int[] places = [.. Enumerable.Range(0, files.Count)];
        if (!named) return new InputOrder(places, null);
        string[] inputs = [.. manifest.Inputs.Select(input => input.Name)];
        int[] channels = [.. files.Select(file => Array.IndexOf(inputs, file.Channel))];
        if (channels.Contains(-1) || channels.Distinct().Count() != inputs.Length || !dicom && channels.Length != inputs.Length)
            throw new SegmentationException(ErrorCode.ChannelMismatch, $"Send {(dicom ? "parts" : "one part")} for each channel of the model: {names}.");
        if (dicom) return new InputOrder(places, channels);
        Array.Sort(channels, places);
        return new InputOrder(places, null);
    }

    /// <summary>UIDs of the series that an archive is to give, in the order of the model's channels.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.ChannelMismatch"/>: the series do not fit the channels.</exception>
    public static IReadOnlyList<string> SeriesOf(PacsRequest wanted, ModelManifest manifest)
    {
        string[] inputs = [.. manifest.Inputs.Select(input => input.Name)];
        // A series of colours may be all channels.
        if (wanted.Channels is not { } channels) return [wanted.SeriesInstanceUid!];
        if (channels.Count != inputs.Length || !inputs.All(channels.ContainsKey))
            throw new SegmentationException(ErrorCode.ChannelMismatch, $"Give channels one series for each channel of the model: {string.Join(", ", inputs.Select(name => $"'{name}'"))}.");
        if (channels.Values.Distinct(StringComparer.Ordinal).Count() != inputs.Length)
            throw new SegmentationException(ErrorCode.ChannelMismatch, "Two channels name one series; give each channel a series of its own.");
        return [.. inputs.Select(name => channels[name])];
    }
}
