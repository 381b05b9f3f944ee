using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Preprocessing;
using MedISeg.Inference.Tiling;

namespace MedISeg.Inference.WayBack;

/// <summary>The label map of the image that is being segmented, and the sink that fills it; voxels outside the crop stay 0.</summary>
internal sealed class SourceLabels
{
    private readonly GridMapping _mapping;
    private readonly LabelMap _source;
    private readonly LabelMap? _model;

    /// <summary>Chooses the way back.</summary>
    /// <param name="mapping">The grids.</param>
    /// <param name="grid">The package's grid: what is resampled, and how between coarse slices.</param>
    /// <param name="plan">How bands arrive.</param>
    /// <param name="decision">Scores to labels.</param>
    /// <param name="threads">Threads that make labels, at least 1.</param>
    public SourceLabels(GridMapping mapping, ModelGrid grid, AccumulatorPlan plan, LabelDecision decision, int threads)
    {
        _mapping = mapping;
        int largest = decision.Largest;
        _source = LabelMap.Empty(mapping.Source, largest);
        GridMap back = GridMap.Between(mapping.Cropped, mapping.Model);
        LatticeSink? direct = LatticeSink.TryCreate(back, mapping.CropStart, _source, decision, threads);
        if (direct is null && grid.WayBack == WayBackKind.Labels)
        {
            _model = LabelMap.Empty(mapping.Model, largest);
            direct = LatticeSink.TryCreate(GridMap.Between(mapping.Model, mapping.Model), default, _model, decision, threads);
        }
        Sink = direct as IBandSink ?? new ResamplingSink(back, mapping.CropStart, _source, plan, decision, threads, NearestAxis(mapping, grid));
    }

    /// <summary>Model axis along which scores are not interpolated but taken from the nearest plane; null: none.</summary>
    public static int? NearestAxis(GridMapping mapping, ModelGrid grid) =>
        grid.Anisotropy == AnisotropyKind.Nearest ? mapping.PlaneAxis(AnisotropyKind.Nearest, back: true) : null;

    /// <summary>Takes the scores.</summary>
    public IBandSink Sink { get; }

    /// <summary>The label map on the image's grid, once the sink is complete.</summary>
    public LabelMap Finish()
    {
        if (_model is null) return _source;
        LabelMap block = LabelResampler.Nearest(_model, _mapping.Cropped);
        GridSize size = _mapping.Cropped.Grid;
        VoxelIndex start = _mapping.CropStart;
        for (int k = 0; k < size.Depth; k++)
            for (int j = 0; j < size.Height; j++)
            {
                int from = (int)size.Offset(k, j, 0), to = (int)_source.Geometry.Grid.Offset(start.K + k, start.J + j, start.I);
                if (block.IsWide) block.Words.Slice(from, size.Width).CopyTo(_source.Words[to..]);
                else block.Bytes.Slice(from, size.Width).CopyTo(_source.Bytes[to..]);
            }
        return _source;
    }
}
