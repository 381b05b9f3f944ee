using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Data;

/// <summary>Reads cases and brings them to the grid that the network sees.</summary>
/// <param name="options">Grid, intensity steps and classes.</param>
internal sealed class CaseLoader(TrainOptions options)
{
    private const double GridToleranceMm = 0.01;

    /// <summary>Reads and prepares one case.</summary>
    /// <exception cref="SegmentationException">A file cannot be read, image and labels have different grids, the number of channels is not
    /// the options', or a label is not one of the classes.</exception>
    public TrainingCase Load(DatasetCase source, CancellationToken cancellationToken)
    {
        Volume image = Read(source.ImagePath, NiftiReader.Read);
        LabelMap labels = Read(source.LabelsPath, NiftiReader.ReadLabels);
        return Prepare(image, labels, cancellationToken);
    }

    /// <summary>Prepares an image with its truth.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public TrainingCase Prepare(Volume image, LabelMap labels, CancellationToken cancellationToken)
    {
        if (!labels.Geometry.Matches(image.Geometry, GridToleranceMm))
            throw new SegmentationException(ErrorCode.InvalidGeometry, "An image and its labels have different grids; resample the labels to the image.");
        if (image.Channels != options.Inputs.Count)
            throw new SegmentationException(ErrorCode.ChannelMismatch,
                $"An image has {image.Channels} channels; the options name {options.Inputs.Count}. Correct inputs or the data.");
        VolumeGeometry target = Target(image.Geometry);
        IntensityMap intensity = IntensityMap.Identity;
        foreach (IntensityStep step in options.Intensity)
            intensity = step switch
            {
                ClipStep clip => intensity.ThenClip(clip.Min, clip.Max),
                ZScoreStep { Mean: { } mean, Std: { } std } => intensity.ThenAffine(1 / std, -mean / std),
                _ => throw new SegmentationException(ErrorCode.InvalidOption, "Only clip and z-score with stored statistics are trained."),
            };
        float[][] channels = [.. Enumerable.Range(0, image.Channels).Select(c =>
            VolumeResampler.Resample(image, c, target, Interpolation.Linear, intensity, cancellationToken))];
        LabelMap resampled = LabelResampler.Nearest(labels, target);
        return new TrainingCase(target, channels, ToClasses(resampled), options.Classes.Count);
    }

    private VolumeGeometry Target(VolumeGeometry source)
    {
        VolumeGeometry oriented = options.Grid.Orientation is { } letters ? AxisOrientation.Towards(source, letters).Apply(source) : source;
        return options.Grid.Spacing switch
        {
            { Count: 3 } mm => oriented.WithSpacing(new SpacingMm(mm[0], mm[1], mm[2])),
            { Count: 2 } mm => oriented.WithSpacing(new SpacingMm(oriented.Spacing.K, mm[0], mm[1])),
            _ => oriented,
        };
    }

    private byte[] ToClasses(LabelMap labels)
    {
        int[] numbers = [.. Enumerable.Repeat(-1, options.Classes.Max(c => c.Id) + 1)];
        for (int c = 0; c < options.Classes.Count; c++) numbers[options.Classes[c].Id] = c;
        byte[] classes = new byte[labels.Geometry.Grid.VoxelCount];
        for (int n = 0; n < classes.Length; n++)
        {
            int label = labels.IsWide ? labels.Words[n] : labels.Bytes[n];
            int number = label < numbers.Length ? numbers[label] : -1;
            if (number < 0)
                throw new SegmentationException(ErrorCode.InvalidOption, $"The labels hold {label}, which is not one of the classes; add the class or correct the labels.");
            classes[n] = (byte)number;
        }
        return classes;
    }

    private static T Read<T>(string path, Func<Stream, ImageLimits, T> read)
    {
        using FileStream file = File.OpenRead(path);
        return read(file, new ImageLimits());
    }
}
