namespace MedISeg.Inference.Models;

/// <summary>Foreground crop.</summary>
public enum CropKind
{
    /// <summary>None.</summary>
    None,
    /// <summary>Box of voxels that differ from 0 in any channel.</summary>
    Nonzero,
}
