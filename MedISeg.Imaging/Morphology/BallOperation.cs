namespace MedISeg.Imaging.Morphology;

/// <summary>What a ball does to a region.</summary>
public enum BallOperation
{
    /// <summary>Removes voxels that are at most the radius away from what is not the region.</summary>
    Erode,
    /// <summary>Adds voxels that are at most the radius away from the region.</summary>
    Dilate,
    /// <summary>Erodes and dilates: what the ball does not fit into goes.</summary>
    Open,
    /// <summary>Dilates and erodes: what the ball does not fit into outside the region is added.</summary>
    Close,
}
