namespace MedISeg.Inference.Models;

/// <summary>What happens between planes where one axis is much coarser than the others.</summary>
public enum AnisotropyKind
{
    /// <summary>All axes are interpolated alike.</summary>
    None,
    /// <summary>The nearest plane.</summary>
    Nearest,
    /// <summary>Linear between planes.</summary>
    Linear,
}
