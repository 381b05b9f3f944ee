using MedISeg.Api.Jobs;
using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Options;
using MedISeg.Inference.Uncertainty;

namespace MedISeg.Api.Results;

/// <summary>The files that a job keeps: what cannot be made again from one another without decoding voxels.</summary>
internal static class ResultArtifacts
{
    /// <summary>A map as NIfTI, gzip: the label map, always there, or one of <see cref="ResultOutputs.Maps"/>.</summary>
    public static string Nifti(string output) => output + ".nii.gz";

    /// <summary>Label map as PNG; where the input was a picture.</summary>
    public const string Png = "labels.png";

    /// <summary>DICOM segmentation object; where the input was a DICOM series.</summary>
    public const string Dicom = "segmentation.dcm";

    /// <summary>Writes the artifacts durably.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="input">Kind of the input.</param>
    /// <param name="result">What the run made.</param>
    /// <param name="source">Of a DICOM series; null: the input was none.</param>
    /// <param name="overlaid">Image that a DICOM series' labels are shown over; null: pictures are not asked for.</param>
    /// <param name="cancellationToken">Checked once a frame of a DICOM object.</param>
    public static void Write(
        string folder, InputKind input, SegmentationResult result, DicomSource? source, Volume? overlaid, CancellationToken cancellationToken)
    {
        DurableFiles.Write(Path.Combine(folder, Nifti(ResultOutputs.Labels)), stream => NiftiWriter.Write(stream, result.Labels, gzip: true));
        foreach (UncertaintyMap map in result.Uncertainty)
            DurableFiles.Write(Path.Combine(folder, Nifti(map.Kind.Name())), stream => NiftiWriter.Write(stream, map.Values, gzip: true));
        if (source is not null)
        {
            DurableFiles.Write(Path.Combine(folder, Dicom),
                stream => SegmentationWriter.Write(stream, source.Series, result.Labels, source.Description, cancellationToken));
            source.Save(folder);
            if (overlaid is not null) OverlayEncoder.Save(folder, source, overlaid, result.Labels, cancellationToken);
        }
        if (input is InputKind.Raster or InputKind.DicomPicture) DurableFiles.Write(Path.Combine(folder, Png), stream => RasterWriter.WriteLabels(stream, result.Labels));
        DurableFiles.FlushFolder(folder);
        DurableFiles.FlushFolder(Path.GetDirectoryName(folder)!);
    }
}
