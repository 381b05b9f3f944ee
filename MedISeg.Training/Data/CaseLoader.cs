using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Preprocessing;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Data;

/// <summary>Reads cases and brings them to the grid that the network sees, by the preprocessor that serves the exported package.</summary>
/// <param name="options">Grid, intensity steps and classes.</param>
internal sealed class CaseLoader(TrainOptions options)
{
    private readonly Preprocessor _preprocessor = new(options.Grid, options.Intensity, options.Network.Dimensionality, options.Inputs.Count);

    /// <summary>Reads and prepares one case; where it has no labels, every voxel is background.</summary>
    /// <exception cref="SegmentationException">A file cannot be read, image and labels have different grids, the number of channels is not
    /// the options', or a label is not one of the classes.</exception>
    public TrainingCase Load(DatasetCase source, CancellationToken cancellationToken)
    {
        if (source.Labels is null) return LoadImage(source, cancellationToken);
        (Volume image, LabelMap labels) = source.Read();
        CheckChannels(source, image, options);
        return source.Named(() => Prepare(image, labels, cancellationToken));
    }

    /// <summary>Reads one case that is stored as the network sees it.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public TrainingCase LoadPrepared(DatasetCase source)
    {
        (Volume image, LabelMap labels) = source.Read();
        CheckChannels(source, image, options);
        return source.Named(() => new TrainingCase(
            image.Geometry, [.. Enumerable.Range(0, image.Channels).Select(image.ToFloats)], ToClasses(labels), options.Classes.Count));
    }

    /// <summary>Prepares an image with its truth.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public TrainingCase Prepare(Volume image, LabelMap labels, CancellationToken cancellationToken)
    {
        PreparedImage prepared = _preprocessor.Run(image, cancellationToken);
        // Before the labels are brought to the grid, which may pass a wrong one over.
        prepared.Mapping.CheckTruth(labels);
        byte[] classes = ToClasses(labels);
        classes = options.Preparation.Labels == LabelResampling.Nearest
            ? Preprocessor.BringLabels(new LabelMap(labels.Geometry, classes), prepared.Mapping).Bytes.ToArray()
            : ClassResampler.Bring(classes, labels.Geometry, prepared.Mapping.Model);
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
                throw new SegmentationException(ErrorCode.InvalidOption, $"The labels hold {label}, which is not one of the classes {string.Join(", ", options.Classes.Select(c => c.Id))}; add the class, correct the labels, " +
                    $"or map the value with data.labelValues ({{ \"{label}\": 1 }}) or data.labels positive.");
            classes[n] = (byte)number;
        }
        return classes;
    }

    /// <summary>An image without truth: every voxel is background.</summary>
    private TrainingCase LoadImage(DatasetCase source, CancellationToken cancellationToken)
    {
        Volume image = source.ReadImage();
        CheckChannels(source, image, options);
        return source.Named(() =>
        {
            PreparedImage prepared = _preprocessor.Run(image, cancellationToken);
            return new TrainingCase(prepared.Mapping.Model, prepared.Channels, new byte[prepared.Mapping.Model.Grid.VoxelCount], options.Classes.Count);
        });
    }

    /// <summary>Refuses an image that has not the channels of the options.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.ChannelMismatch"/>.</exception>
    internal static void CheckChannels(DatasetCase source, Volume image, TrainOptions options)
    {
        if (image.Channels != options.Inputs.Count)
            throw source.Fault(ErrorCode.ChannelMismatch,
                $"the image has {image.Channels} channels and the options name {options.Inputs.Count} inputs; correct inputs, or set data.colours to rgb or grey where grey and colour images are mixed");
    }
}
