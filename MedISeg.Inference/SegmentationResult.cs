using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Reports;
using MedISeg.Inference.Uncertainty;

namespace MedISeg.Inference;

/// <summary>A finished segmentation.</summary>
/// <param name="Labels">On the source grid, exactly the source geometry.</param>
/// <param name="Report">What the run did and found.</param>
public sealed record SegmentationResult(LabelMap Labels, RunReport Report)
{
    /// <summary>Uncertainty maps that were asked for, in the order of <see cref="Options.OutputKind"/>.</summary>
    public IReadOnlyList<UncertaintyMap> Uncertainty { get; init; } = [];
}
