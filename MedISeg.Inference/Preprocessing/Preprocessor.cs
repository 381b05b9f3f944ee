using System.Numerics.Tensors;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;

namespace MedISeg.Inference.Preprocessing;

/// <summary>Brings images to the grid and the intensities that a network was made for; the trainer and the service use the same one.</summary>
public sealed class Preprocessor
{
    private readonly ModelGrid _grid;
    private readonly IReadOnlyList<IntensityStep> _intensity;
    private readonly int _dimensionality;
    private readonly int _channels;
    private readonly ColourRule _colours;
    private readonly ModelSlices? _slices;
    private readonly int _sliceAxis;

    /// <summary>Creates a preprocessor.</summary>
    /// <param name="grid">Orientation, spacing, crop and order of the steps.</param>
    /// <param name="intensity">Intensity steps in order.</param>
    /// <param name="dimensionality">2 (images of one plane) or 3.</param>
    /// <param name="channels">Channels that the network reads, at least 1.</param>
    /// <param name="colours">How grey and colour images are made alike, before all else.</param>
    /// <param name="slices">How volumes are prepared for a 2-D network; null: they are refused.</param>
    /// <param name="sliceAxis">Axis across the slices, see <see cref="GridMapping.Create"/>.</param>
    public Preprocessor(
        ModelGrid grid, IReadOnlyList<IntensityStep> intensity, int dimensionality, int channels, ColourRule colours = ColourRule.Stored,
        ModelSlices? slices = null, int sliceAxis = 0)
    {
        _grid = grid;
        _intensity = intensity;
        _dimensionality = dimensionality;
        _channels = channels;
        _colours = colours;
        _slices = slices;
        _sliceAxis = sliceAxis;
    }

    /// <summary>The preprocessor of a package.</summary>
    /// <param name="manifest">The package.</param>
    /// <param name="sliceAxis">Axis across the slices of a 2-D package in a volume, see <see cref="GridMapping.Create"/>.</param>
    public static Preprocessor For(ModelManifest manifest, int sliceAxis = 0) => new(
        manifest.Grid, manifest.Intensity, manifest.Dimensionality, manifest.Inputs.Count, manifest.Colours, manifest.Slices ?? new ModelSlices(),
        sliceAxis);

    /// <summary>Orients, crops, normalises and resamples in the package's order; normalising before resampling is fused into it.</summary>
    /// <param name="image">The image; not changed.</param>
    /// <param name="cancellationToken">Checked many times.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.DimensionMismatch"/>, <see cref="ErrorCode.ChannelMismatch"/>,
    /// <see cref="ErrorCode.InvalidVoxels"/>.</exception>
    public PreparedImage Run(Volume image, CancellationToken cancellationToken) => Run(image, null, cancellationToken);

    /// <summary>As the other overload, for a block of an image: all else of it counts for nothing, but the way back leads to all of it.</summary>
    internal PreparedImage Run(Volume image, VoxelBox? block, CancellationToken cancellationToken)
    {
        VolumeGeometry source = image.Geometry;
        VoxelBox within = block ?? VoxelBox.Whole(source.Grid);
        CheckDimensions(source);
        image = image.Block(within.Start, within.Size);
        image = ColourConversion.Convert(image, _colours);
        CheckChannels(image.Channels);
        CheckFinite(image, cancellationToken);

        bool normaliseFirst = IndexOf(PreprocessingStep.Normalise) < IndexOf(PreprocessingStep.Crop);
        (VoxelIndex start, GridSize size) = _grid.Crop == CropKind.Nonzero && IndexOf(PreprocessingStep.Crop) < int.MaxValue
            ? ForegroundBox.Find(image)
            : (default, within.Size);
        VoxelIndex inSource = new(within.Start.K + start.K, within.Start.J + start.J, within.Start.I + start.I);
        GridMapping mapping = GridMapping.Create(source, inSource, size, _grid, _dimensionality, _sliceAxis);
        // Without a crop in between, whole image and block are the same.
        Volume cropped = normaliseFirst ? image : image.Block(start, size);
        bool slices = _dimensionality == 2 && source.Grid.Depth > 1;
        // Linear and nearest interpolation leave slices apart by themselves, a cubic one does not.
        bool slicesApart = slices && _grid.Interpolation == InterpolationKind.Cubic;
        int? planes = slicesApart ? 0 : _dimensionality == 3 && Resamples ? mapping.PlaneAxis(_grid.Anisotropy, back: false) : null;
        IReadOnlyList<float[]> channels = slices && _slices!.Statistics == SliceStatistics.Slice && _intensity.Any(TakesStatistics)
            ? SliceBySlice(cropped, mapping.Model, cancellationToken)
            : Prepare(cropped, mapping.Model, planes, cancellationToken);
        return new PreparedImage(channels, mapping);
    }

    /// <summary>Brings a truth to the grid of a prepared image, nearest voxel.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: the truth does not lie on the image's grid.</exception>
    public static LabelMap BringLabels(LabelMap truth, GridMapping mapping)
    {
        mapping.CheckTruth(truth);
        return LabelResampler.Nearest(truth, mapping.Model);
    }

    /// <summary>Normalises and resamples, in the package's order.</summary>
    /// <param name="volume">The image, or the block of it.</param>
    /// <param name="model">Grid of the result.</param>
    /// <param name="planes">Model axis across the planes that are resampled one by one; null: none.</param>
    /// <param name="cancellationToken">Checked many times.</param>
    private IReadOnlyList<float[]> Prepare(Volume volume, VolumeGeometry model, int? planes, CancellationToken cancellationToken)
    {
        if (IndexOf(PreprocessingStep.Normalise) < IndexOf(PreprocessingStep.Resample))
            return [.. IntensityPlan.Create(volume, _intensity, cancellationToken).Select(
                c => Resample(c.Volume, c.Index, model, planes, c.Map, cancellationToken))];

        Array[] resampled = [.. Enumerable.Range(0, volume.Channels).Select(
            c => Resample(volume, c, model, planes, IntensityMap.Identity, cancellationToken))];
        if (IndexOf(PreprocessingStep.Normalise) == int.MaxValue) return [.. resampled.Cast<float[]>()];
        IReadOnlyList<IntensityPlan.Channel> plan = IntensityPlan.Create(new Volume(model, resampled), _intensity, cancellationToken);
        return [.. plan.Select(c =>
        {
            float[] values = c.Volume.ToFloats(c.Index);
            c.Map.Apply(values);
            return values;
        })];
    }

    /// <summary>Prepares each slice as an image of its own; slices of the model grid are those of the image.</summary>
    private float[][] SliceBySlice(Volume volume, VolumeGeometry model, CancellationToken cancellationToken)
    {
        AxisMap across = GridMap.Between(model, volume.Geometry)[0];
        GridSize slice = model.Grid with { Depth = 1 };
        float[][] channels = [.. Enumerable.Range(0, _channels).Select(_ => GC.AllocateUninitializedArray<float>(checked((int)model.Grid.VoxelCount)))];
        Parallel.For(0, model.Grid.Depth, new ParallelOptions { CancellationToken = cancellationToken }, k =>
        {
            int place = (int)Math.Round(across.Offset + across.Scale * k);
            Volume plane = volume.Block(
                default(VoxelIndex).With(across.SourceAxis, place), volume.Geometry.Grid.With(across.SourceAxis, 1));
            IReadOnlyList<float[]> prepared = Prepare(plane, model.Block(new VoxelIndex(k, 0, 0), slice), null, cancellationToken);
            for (int c = 0; c < channels.Length; c++) prepared[c].CopyTo(channels[c], k * slice.VoxelCount);
        });
        return channels;
    }

    private float[] Resample(
        Volume volume, int channel, VolumeGeometry model, int? planes, IntensityMap intensity, CancellationToken cancellationToken)
    {
        Interpolation interpolation = _grid.Interpolation switch
        {
            InterpolationKind.Nearest => Interpolation.Nearest,
            InterpolationKind.Cubic => Interpolation.Cubic,
            _ => Interpolation.Linear,
        };
        if (planes is not { } axis) return VolumeResampler.Resample(volume, channel, model, interpolation, intensity, cancellationToken);
        Interpolation across = _grid.Anisotropy == AnisotropyKind.Linear ? Interpolation.Linear : Interpolation.Nearest;
        return SeparateResampler.Resample(volume, channel, model, axis, interpolation, across, intensity, cancellationToken);
    }

    private static bool TakesStatistics(IntensityStep step) =>
        step is PercentileClipStep or ZScoreStep { Mean: null } or MinMaxStep { Min: null };

    private bool Resamples => IndexOf(PreprocessingStep.Resample) < int.MaxValue && (_grid.Spacing is not null || _grid.Size is not null);

    /// <summary>Place of a step in the package's order; beyond all where the package leaves it out.</summary>
    private int IndexOf(PreprocessingStep step)
    {
        for (int n = 0; n < _grid.Order.Count; n++)
            if (_grid.Order[n] == step) return n;
        return int.MaxValue;
    }

    private void CheckDimensions(VolumeGeometry geometry)
    {
        bool planar = geometry.Grid.Depth == 1;
        if (_dimensionality == 3 && planar)
            throw new SegmentationException(ErrorCode.DimensionMismatch, "The image is one plane and the model is 3-D; send a volume or choose a 2-D model.");
        if (_dimensionality == 2 && !planar && _slices is null)
            throw new SegmentationException(ErrorCode.DimensionMismatch,
                $"The image has {geometry.Grid.Depth} planes and the model is 2-D; send one plane or choose a 3-D model.");
    }

    private void CheckChannels(int channels)
    {
        int? needed = _intensity.OfType<ChannelOrderStep>().FirstOrDefault() is { } reorder ? reorder.Order.Max() + 1 : null;
        if (needed is null ? channels != _channels : channels < needed)
            throw new SegmentationException(ErrorCode.ChannelMismatch,
                $"The image has {channels} channels and the model needs {(needed is null ? $"{_channels}" : $"at least {needed}")}; convert the image"
                + (channels == 3 && _channels == 1 ? ", for example from RGB to grey." : "."));
    }

    private static void CheckFinite(Volume image, CancellationToken cancellationToken)
    {
        const string Message = "The image holds voxels that are not finite numbers (NaN, infinite, or beyond 32-bit floats after slope and intercept); "
            + "replace them, for example by the background value.";
        if (!double.IsFinite(image.Slope) || !double.IsFinite(image.Intercept)) throw new SegmentationException(ErrorCode.InvalidVoxels, Message);
        GridSize grid = image.Geometry.Grid;
        int plane = grid.Height * grid.Width;
        for (int channel = 0; channel < image.Channels; channel++)
            for (int k = 0; k < grid.Depth; k++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                double largest = image.Stored(channel) switch
                {
                    float[] a => TensorPrimitives.MaxMagnitude<float>(a.AsSpan(k * plane, plane)),
                    double[] a => TensorPrimitives.MaxMagnitude<double>(a.AsSpan(k * plane, plane)),
                    // What the widest integer can hold: no slope that means anything comes near.
                    _ => uint.MaxValue,
                };
                // NaN fails the comparison too. Values are held in single precision from here on.
                bool finite = Math.Abs(largest) * Math.Abs(image.Slope) + Math.Abs(image.Intercept) <= float.MaxValue;
                if (!finite) throw new SegmentationException(ErrorCode.InvalidVoxels, Message);
            }
    }
}
