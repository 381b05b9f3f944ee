using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;

namespace MedISeg.Inference;

/// <summary>The way of the data, step by step.</summary>
public sealed class SegmentationPipeline
{
    /// <summary>Segments one image.</summary>
    public SegmentationResult Run(
        Volume image, LoadedModel model, SegmentationOptions? requested, SegmentationOptions? server,
        IProgress<SegmentationProgress>? progress, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
