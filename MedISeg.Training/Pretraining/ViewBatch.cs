using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Networks;
using MedISeg.Training.Runtime;

namespace MedISeg.Training.Pretraining;

/// <summary>Two views of each image of a batch.</summary>
internal sealed class ViewBatch : IDisposable
{
    private readonly PretrainOptions _options;
    private readonly ViewMaker _maker;

    /// <summary>Prepares for a patch.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="network">Says the shape of the batch.</param>
    /// <param name="patch">Extent of a view.</param>
    public ViewBatch(PretrainOptions options, UNetOptions network, GridSize patch)
    {
        _options = options;
        _maker = new ViewMaker(patch, options.Contrast);
        long[] shape = TensorShapes.Image(options.BatchSize, network.InputChannels, network.Dimensionality, patch);
        (First, Second) = (new BatchTensor(shape), new BatchTensor(shape));
    }

    /// <summary>One view of each image.</summary>
    public BatchTensor First { get; }

    /// <summary>The other views.</summary>
    public BatchTensor Second { get; }

    /// <summary>Makes the views of a step; no image twice while there are enough of them.</summary>
    public void Fill(IReadOnlyList<TrainingCase> images, int step)
    {
        HashSet<TrainingCase> taken = [];
        for (int n = 0; n < _options.BatchSize; n++)
        {
            (TrainingCase image, SeededRandom random) = SampleDraw.Of(images, _options.Seed, (long)step * _options.BatchSize + n);
            // An image beside itself would be pushed away from itself.
            if (taken.Count == images.Count) taken.Clear();
            while (!taken.Add(image)) image = images[random.NextInt(images.Count)];
            _maker.Fill(image, ref random, First.Sample(n), Second.Sample(n));
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
        _maker.Dispose();
    }
}
