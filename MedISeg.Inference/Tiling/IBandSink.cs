namespace MedISeg.Inference.Tiling;

/// <summary>Takes finished scores as they leave the sliding window.</summary>
/// <remarks>
/// Every voxel of the model grid arrives exactly once, in bands, in patch order, on one thread; then <see cref="Complete"/> once.
/// Scores are true means: already divided by the sum of the blend weights. After an error or a cancellation Complete is not called.
/// </remarks>
public interface IBandSink
{
    /// <summary>Takes one band. The scores are valid only during the call.</summary>
    void Accept(in Band band);

    /// <summary>All bands have arrived.</summary>
    void Complete();
}
