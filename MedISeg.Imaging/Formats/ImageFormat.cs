namespace MedISeg.Imaging.Formats;

/// <summary>The file formats that are read here.</summary>
public enum ImageFormat
{
    /// <summary>NIfTI-1 or NIfTI-2, one uncompressed file.</summary>
    Nifti,
    /// <summary>NIfTI-1 or NIfTI-2, gzip.</summary>
    NiftiGzip,
    /// <summary>PNG, 8 or 16 bit.</summary>
    Png,
    /// <summary>JPEG, 8 bit.</summary>
    Jpeg,
    /// <summary>TIFF or BigTIFF.</summary>
    Tiff,
    /// <summary>NRRD, header and voxels in one file.</summary>
    Nrrd,
    /// <summary>MetaImage, header and voxels in one file (.mha).</summary>
    MetaImage,
}
