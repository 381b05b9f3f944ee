namespace MedISeg.Imaging.Formats;

/// <summary>How the voxels of a file are packed.</summary>
internal enum Packing
{
    /// <summary>They are as they are.</summary>
    None,
    /// <summary>Deflate with the header of gzip.</summary>
    Gzip,
    /// <summary>Deflate with the header of zlib.</summary>
    Zlib,
}
