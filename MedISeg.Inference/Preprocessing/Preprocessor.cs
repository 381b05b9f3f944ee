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

    /// <summary>Creates a preprocessor.</summary>
    /// <param name="grid">Orientation, spacing, crop and order of the steps.</param>
    /// <param name="intensity">Intensity steps in order.</param>
    /// <param name="dimensionality">2 (images of one plane) or 3.</param>
    /// <param name="channels">Channels that the network reads, at least 1.</param>
    /// <param name="colours">How grey and colour images are made alike, before all else.</param>
    public Preprocessor(
        ModelGrid grid, IReadOnlyList<IntensityStep> intensity, int dimensionality, int channels, ColourRule colours = ColourRule.Stored)
    {
        _grid = grid;
        _intensity = intensity;
        _dimensionality = dimensionality;
        _channels = channels;
        _colours = colours;
    }

    /// <summary>The preprocessor of a package.</summary>
    public static Preprocessor For(ModelManifest manifest) =>
        new(manifest.Grid, manifest.Intensity, manifest.Dimensionality, manifest.Inputs.Count, manifest.Colours);

    /// <summary>Orients, crops, normalises and resamples in the package's order; normalising before resampling is fused into it.</summary>
    /// <param name="image">The image; not changed.</param>
    /// <param name="cancellationToken">Checked many times.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.DimensionMismatch"/>, <see cref="ErrorCode.ChannelMismatch"/>,
    /// <see cref="ErrorCode.InvalidVoxels"/>.</exception>
    public PreparedImage Run(Volume image, CancellationToken cancellationToken)
    {
        CheckDimensions(image.Geometry);
        image = ColourConversion.Convert(image, _colours);
        CheckChannels(image.Channels);
        CheckFinite(image, cancellationToken);

        bool normaliseFirst = IndexOf(PreprocessingStep.Normalise) < IndexOf(PreprocessingStep.Crop);
        (VoxelIndex start, GridSize size) = _grid.Crop == CropKind.Nonzero && IndexOf(PreprocessingStep.Crop) < int.MaxValue
            ? ForegroundBox.Find(image)
            : (default, image.Geometry.Grid);
        GridMapping mapping = GridMapping.Create(image.Geometry, start, size, _grid, _dimensionality);
        Interpolation interpolation = _grid.Interpolation switch
        {
            InterpolationKind.Nearest => Interpolation.Nearest,
            InterpolationKind.Cubic => Interpolation.Cubic,
            _ => Interpolation.Linear,
        };
        // Without a crop in between, whole image and block are the same.
        Volume block = normaliseFirst ? image : ForegroundBox.Crop(image, start, size);
        IReadOnlyList<float[]> channels = IndexOf(PreprocessingStep.Normalise) < IndexOf(PreprocessingStep.Resample)
            ? NormaliseThenResample(block, mapping.Model, interpolation, cancellationToken)
            : ResampleThenNormalise(block, mapping.Model, interpolation, cancellationToken);
        return new PreparedImage(channels, mapping);
    }

    /// <summary>Brings a truth to the grid of a prepared image, nearest voxel.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: the truth does not lie on the image's grid.</exception>
    public static LabelMap BringLabels(LabelMap truth, GridMapping mapping)
    {
        mapping.CheckTruth(truth);
        return LabelResampler.Nearest(truth, mapping.Model);
    }

    private IReadOnlyList<float[]> NormaliseThenResample(
        Volume volume, VolumeGeometry model, Interpolation interpolation, CancellationToken cancellationToken)
    {
        IReadOnlyList<IntensityPlan.Channel> plan = IntensityPlan.Create(volume, _intensity, cancellationToken);
        return [.. plan.Select(c => VolumeResampler.Resample(c.Volume, c.Index, model, interpolation, c.Map, cancellationToken))];
    }

    private IReadOnlyList<float[]> ResampleThenNormalise(
        Volume volume, VolumeGeometry model, Interpolation interpolation, CancellationToken cancellationToken)
    {
        Array[] resampled = [.. Enumerable.Range(0, volume.Channels).Select(
            c => VolumeResampler.Resample(volume, c, model, interpolation, IntensityMap.Identity, cancellationToken))];
        if (IndexOf(PreprocessingStep.Normalise) == int.MaxValue) return [.. resampled.Cast<float[]>()];
        IReadOnlyList<IntensityPlan.Channel> plan = IntensityPlan.Create(new Volume(model, resampled), _intensity, cancellationToken);
        return [.. plan.Select(c =>
        {
            float[] values = c.Volume.ToFloats(c.Index);
            c.Map.Apply(values);
            return values;
        })];
    }

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
        if (_dimensionality == 2 && !planar)
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
        const string Message = "The image holds voxels that are not finite numbers (NaN or infinite); replace them, for example by the background value.";
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
                    _ => 0,
                };
                // NaN fails the comparison too. Values are held in single precision from here on.
                bool finite = Math.Abs(largest) * Math.Abs(image.Slope) + Math.Abs(image.Intercept) <= float.MaxValue;
                if (!finite) throw new SegmentationException(ErrorCode.InvalidVoxels, Message);
            }
    }
}
