using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data.Augmentation;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Data;

/// <summary>Makes samples of cases: draws a place, reads the patch and changes it. Allocates no managed memory that grows with the patch.</summary>
internal sealed class SampleMaker : IDisposable
{
    private const double ScaleLow3D = 0.85, ScaleHigh3D = 1.25, Scale2D = 0.1, Shift2D = 0.1, Degrees2D = 45;

    private readonly AugmentationOptions _options;
    private readonly AugmentationPlan _plan;
    private readonly PatchSampler _sampler;
    private readonly PatchCutter _cutter;
    private readonly ScaledReader _scaled = new();
    private readonly PlaneIntensities _planeIntensities;
    private readonly NnuNetRecipe _recipe;
    private readonly ScratchArray<float> _window = new();
    private readonly ScratchArray<byte> _windowClasses = new();
    private readonly bool _planar;

    /// <summary>Prepares for a training.</summary>
    public SampleMaker(TrainOptions options)
        : this(options.Patch(), options.NetworkWithChannels().Dimensionality, options.Sampling, options.Augmentation, options.Classes.Count,
            new GreyLevels(options.Intensity, options.Inputs.Count))
    {
    }

    /// <summary>Prepares for a patch.</summary>
    /// <param name="patch">Extent.</param>
    /// <param name="dimensionality">2 or 3.</param>
    /// <param name="sampling">Where patches are taken.</param>
    /// <param name="augmentation">How they are changed.</param>
    /// <param name="classCount">Classes with background.</param>
    /// <param name="levels">What 8-bit levels are; needed by 2-D pixel-level operations.</param>
    public SampleMaker(
        GridSize patch, int dimensionality, SamplingOptions sampling, AugmentationOptions augmentation, int classCount, GreyLevels levels)
    {
        Patch = patch;
        _planar = dimensionality == 2;
        _options = augmentation;
        _plan = new AugmentationPlan(augmentation, dimensionality);
        _sampler = new PatchSampler(patch, sampling, classCount);
        _cutter = new PatchCutter(patch, augmentation);
        _planeIntensities = new PlaneIntensities(_plan, levels, patch);
        _recipe = new NnuNetRecipe(_plan, patch, dimensionality);
    }

    /// <summary>Extent of a patch.</summary>
    public GridSize Patch { get; }

    /// <summary>Makes one sample.</summary>
    /// <param name="source">The case.</param>
    /// <param name="random">Moved on; decides all.</param>
    /// <param name="image">Receives [channels, depth, height, width].</param>
    /// <param name="classes">Receives [depth, height, width].</param>
    public void Fill(TrainingCase source, ref SeededRandom random, Span<float> image, Span<byte> classes)
    {
        if (!_plan.IsActive)
        {
            VoxelIndex start = _sampler.Draw(source, ref random);
            _cutter.Cut(source, start, ref random, image, classes);
        }
        else if (_plan.IsNnuNet)
        {
            FillByRecipe(source, ref random, image, classes);
        }
        else if (_planar)
        {
            FillPlane(source, ref random, image, classes);
        }
        else
        {
            FillVolume(source, ref random, image, classes);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _scaled.Dispose();
        _planeIntensities.Dispose();
        _recipe.Dispose();
        _window.Dispose();
        _windowClasses.Dispose();
    }

    /// <summary>Extent after scaling, cut off to whole voxels as the paper's code does.</summary>
    internal static GridSize Scaled(GridSize grid, double factor)
    {
        int Side(int extent) => Math.Max(1, (int)(extent * factor));
        return new GridSize(Side(grid.Depth), Side(grid.Height), Side(grid.Width));
    }

    /// <summary>Scale, crop, turn, mirror, noise, gamma.</summary>
    private void FillVolume(TrainingCase source, ref SeededRandom random, Span<float> image, Span<byte> classes)
    {
        GridSize grid = _plan.Has(AugmentationOperation.Scale) ? Scaled(source.Grid, random.NextDouble(ScaleLow3D, ScaleHigh3D)) : source.Grid;
        QuarterTurn turn = new(
            _plan.Has(AugmentationOperation.Rotate) ? random.NextInt(4) : 0, Flips(ref random), Flips(ref random), Flips(ref random));
        GridSize window = turn.WindowOf(Patch);
        VoxelIndex start = _sampler.Draw(source, grid, window, null, ref random);
        Span<float> read = turn.IsIdentity ? image : _window.Take(image.Length);
        Span<byte> readClasses = turn.IsIdentity ? classes : _windowClasses.Take(classes.Length);
        if (grid == source.Grid) WindowReader.Read(source, start, window, read, readClasses);
        else _scaled.Read(source, grid, start, window, read, readClasses);
        if (!turn.IsIdentity) Turn(turn, read, readClasses, image, classes);

        int voxels = classes.Length;
        if (_plan.Has(AugmentationOperation.Noise))
            for (int c = 0; c < source.Channels; c++)
                VolumeIntensities.AddNoise(image.Slice(c * voxels, voxels), _options.NoiseSigma, _options.NoiseUnit, ref random);
        if (!_plan.Has(AugmentationOperation.Gamma)) return;
        double exponent = VolumeIntensities.DrawExponent(ref random);
        for (int c = 0; c < source.Channels; c++) VolumeIntensities.Gamma(image.Slice(c * voxels, voxels), exponent);
    }

    /// <summary>Shift, scale and rotate in one, crop, mirror, brightness and contrast, gamma, equalisation.</summary>
    private void FillPlane(TrainingCase source, ref SeededRandom random, Span<float> image, Span<byte> classes)
    {
        PlaneTransform? transform = DrawTransform(source.Grid, ref random);
        QuarterTurn flips = new(0, false, Flips(ref random), Flips(ref random));
        VoxelIndex start = _sampler.Draw(source, source.Grid, Patch, transform, ref random);
        Span<float> read = flips.IsIdentity ? image : _window.Take(image.Length);
        Span<byte> readClasses = flips.IsIdentity ? classes : _windowClasses.Take(classes.Length);
        if (transform is { } moved) PlaneReader.Read(source, moved, start, Patch, read, readClasses);
        else WindowReader.Read(source, start, Patch, read, readClasses);
        if (!flips.IsIdentity) Turn(flips, read, readClasses, image, classes);
        _planeIntensities.Apply(image, source.Channels, ref random);
    }

    /// <summary>nnU-Net's: rotate and scale in one, intensities, mirror.</summary>
    private void FillByRecipe(TrainingCase source, ref SeededRandom random, Span<float> image, Span<byte> classes)
    {
        VoxelTransform? transform = _recipe.DrawTransform(ref random);
        VoxelIndex start = _sampler.Draw(source, source.Grid, Patch, null, ref random);
        QuarterTurn flips = new(0, !_planar && Flips(ref random), Flips(ref random), Flips(ref random));
        Span<float> read = flips.IsIdentity ? image : _window.Take(image.Length);
        Span<byte> readClasses = flips.IsIdentity ? classes : _windowClasses.Take(classes.Length);
        if (transform is { } moved) TransformedReader.Read(source, moved, start, Patch, read, readClasses);
        else WindowReader.Read(source, start, Patch, read, readClasses);
        _recipe.ChangeIntensities(read, source.Channels, ref random);
        if (!flips.IsIdentity) Turn(flips, read, readClasses, image, classes);
    }

    private PlaneTransform? DrawTransform(GridSize grid, ref SeededRandom random)
    {
        bool shift = _plan.Has(AugmentationOperation.Shift), scale = _plan.Has(AugmentationOperation.Scale), rotate = _plan.Has(AugmentationOperation.Rotate);
        if (!(shift || scale || rotate) || random.NextDouble() >= 0.5) return null;
        double degrees = rotate ? random.NextDouble(-Degrees2D, Degrees2D) : 0, factor = scale ? random.NextDouble(1 - Scale2D, 1 + Scale2D) : 1;
        double x = shift ? random.NextDouble(-Shift2D, Shift2D) : 0, y = shift ? random.NextDouble(-Shift2D, Shift2D) : 0;
        return new PlaneTransform(grid.Height, grid.Width, degrees, factor, x, y);
    }

    private bool Flips(ref SeededRandom random) => _plan.Has(AugmentationOperation.Flip) && random.NextDouble() < 0.5;

    private void Turn(QuarterTurn turn, ReadOnlySpan<float> window, ReadOnlySpan<byte> windowClasses, Span<float> image, Span<byte> classes)
    {
        int voxels = classes.Length;
        for (int from = 0; from < image.Length; from += voxels) turn.Apply(window.Slice(from, voxels), Patch, image.Slice(from, voxels));
        turn.Apply(windowClasses, Patch, classes);
    }
}
