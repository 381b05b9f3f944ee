using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Preprocessing;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Data;

/// <summary>Reads cases and brings them to the grid that the network sees, by the preprocessor that serves the exported package.</summary>
/// <param name="options">Grid, intensity steps and classes.</param>
internal sealed class CaseLoader(TrainOptions options)
{
    private readonly Preprocessor _preprocessor = new(options.Grid, options.Intensity, options.Network.Dimensionality, options.Inputs.Count);

    /// <summary>Reads and prepares one case.</summary>
    /// <exception cref="SegmentationException">A file cannot be read, image and labels have different grids, the number of channels is not
    /// the options', or a label is not one of the classes.</exception>
    public TrainingCase Load(DatasetCase source, CancellationToken cancellationToken)
    {
        Volume image = Read(source.ImagePath, NiftiReader.Read);
        LabelMap labels = Read(source.LabelsPath, NiftiReader.ReadLabels);
        return Prepare(image, labels, cancellationToken);
    }

    /// <summary>Reads one case that is stored as the network sees it.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public TrainingCase LoadPrepared(DatasetCase source)
    {
        Volume image = Read(source.ImagePath, NiftiReader.Read);
        LabelMap labels = Read(source.LabelsPath, NiftiReader.ReadLabels);
        if (image.Channels != options.Inputs.Count || labels.Geometry.Grid != image.Geometry.Grid)
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"An image of {image.Channels} channels and {image.Geometry.Grid} voxels with labels of {labels.Geometry.Grid} is not a prepared case of " +
                $"{options.Inputs.Count} channels; make it anew.");
        return new TrainingCase(image.Geometry, [.. Enumerable.Range(0, image.Channels).Select(image.ToFloats)], ToClasses(labels), options.Classes.Count);
    }

    /// <summary>Prepares an image with its truth.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public TrainingCase Prepare(Volume image, LabelMap labels, CancellationToken cancellationToken)
    {
        PreparedImage prepared = _preprocessor.Run(image, cancellationToken);
        byte[] classes;
        if (options.Preparation.Labels == LabelResampling.Nearest)
        {
            classes = ToClasses(Preprocessor.BringLabels(labels, prepared.Mapping));
        }
        else
        {
            prepared.Mapping.CheckTruth(labels);
            classes = ClassResampler.Bring(ToClasses(labels), labels.Geometry, prepared.Mapping.Model);
        }
        return new TrainingCase(prepared.Mapping.Model, prepared.Channels, classes, options.Classes.Count);
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

    /// <summary>Reads a file.</summary>
    internal static T Read<T>(string path, Func<Stream, ImageLimits, T> read)
    {
        using FileStream file = File.OpenRead(path);
        return read(file, new ImageLimits());
    }
}
