namespace MedISeg.Training.Data;

/// <summary>How places of patches are chosen.</summary>
public enum PlacementRule
{
    /// <summary>Some patches must hold foreground, the class drawn first; others lie anywhere.</summary>
    Foreground,
    /// <summary>Anywhere: the paper's baseline.</summary>
    Random,
    /// <summary>The paper's OverSam: some patches have a foreground voxel just behind their middle, drawn from all foreground voxels alike,
    /// and may reach outside the image; others lie anywhere.</summary>
    OverSam,
}
