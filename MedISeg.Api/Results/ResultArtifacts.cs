using MedISeg.Api.Jobs;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Api.Results;

/// <summary>The files that a job keeps: what cannot be made again from one another without decoding voxels.</summary>
internal static class ResultArtifacts
{
    /// <summary>Label map as NIfTI, gzip; always there.</summary>
    public const string Nifti = "labels.nii.gz";

    /// <summary>Label map as PNG; where the input was a picture.</summary>
    public const string Png = "labels.png";

    /// <summary>DICOM segmentation object; where the input was a DICOM series.</summary>
    public const string Dicom = "segmentation.dcm";

    /// <summary>Writes the artifacts durably.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="input">Kind of the input.</param>
    /// <param name="labels">The label map.</param>
    /// <param name="writeSegmentation">Writes the segmentation object of a DICOM series, forwards only.</param>
    public static void Write(string folder, InputKind input, LabelMap labels, Action<Stream> writeSegmentation)
    {
        DurableFiles.Write(Path.Combine(folder, Nifti), stream => NiftiWriter.Write(stream, labels, gzip: true));
        if (input == InputKind.Dicom) DurableFiles.Write(Path.Combine(folder, Dicom), writeSegmentation);
        if (input is InputKind.Raster or InputKind.DicomPicture) DurableFiles.Write(Path.Combine(folder, Png), stream => RasterWriter.WriteLabels(stream, labels));
        DurableFiles.FlushFolder(folder);
        DurableFiles.FlushFolder(Path.GetDirectoryName(folder)!);
    }
}
