namespace MedISeg.Api.Jobs;

/// <summary>Kind of image that a job got; says what kind of result is its default.</summary>
public enum InputKind
{
    /// <summary>A volume in one file: NIfTI, compressed or not, NRRD or MetaImage.</summary>
    Nifti,
    /// <summary>PNG, JPEG or TIFF.</summary>
    Raster,
    /// <summary>DICOM objects.</summary>
    Dicom,
    /// <summary>A DICOM picture without a place in the patient, which no segmentation object can refer to; known once it was read.</summary>
    DicomPicture,
}
