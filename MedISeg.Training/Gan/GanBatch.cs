using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Runtime;
using MedISeg.Training.Trainers;
using static TorchSharp.torch;

namespace MedISeg.Training.Gan;

/// <summary>One batch for the generator: real images, and masks with noise as its input.</summary>
internal sealed class GanBatch : IDisposable
{
    private const int NoiseStream = 60;
    private readonly BatchTensor _condition, _image;
    private readonly NativeArray<byte> _truth;
    private readonly int _classes, _voxels, _seed;

    /// <summary>Makes the tensors, which all batches share.</summary>
    /// <param name="training">Patch, classes, channels and seed.</param>
    /// <param name="batch">Samples.</param>
    public GanBatch(TrainOptions training, int batch)
    {
        GridSize patch = training.Patch();
        int dimensions = training.Network.Dimensionality;
        (_classes, _seed, _voxels) = (training.Classes.Count, training.Seed, checked((int)patch.VoxelCount));
        _condition = new BatchTensor(TensorShapes.Image(batch, _classes + 1, dimensions, patch));
        _image = new BatchTensor(TensorShapes.Image(batch, training.Inputs.Count, dimensions, patch));
        _truth = new NativeArray<byte>(batch * _voxels);
    }

    /// <summary>[batch, classes + 1, spatial]: one channel a class, then normal noise; borrowed.</summary>
    public Tensor Condition => _condition.Tensor;

    /// <summary>[batch, channels, spatial]; borrowed.</summary>
    public Tensor Image => _image.Tensor;

    /// <summary>Intensities of the real image of a sample; borrowed.</summary>
    public ReadOnlySpan<float> ImageOf(int sample) => _image.Sample(sample);

    /// <summary>Class numbers of a sample; borrowed.</summary>
    public ReadOnlySpan<byte> TruthOf(int sample) => _truth.Span.Slice(sample * _voxels, _voxels);

    /// <summary>Takes the batch of a step.</summary>
    public void Take(BatchLoader loader, int step)
    {
        loader.Take(step, _image.Values, _truth.Span);
        Span<float> condition = _condition.Values;
        condition.Clear();
        SeededRandom random = new(_seed, step, NoiseStream);
        for (int sample = 0; sample * _voxels < _truth.Length; sample++)
        {
            Span<float> channels = _condition.Sample(sample);
            ReadOnlySpan<byte> truth = TruthOf(sample);
            for (int n = 0; n < _voxels; n++) channels[truth[n] * _voxels + n] = 1;
            for (int n = _classes * _voxels; n < channels.Length; n++) channels[n] = (float)random.NextGaussian();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _condition.Dispose();
        _image.Dispose();
        _truth.Dispose();
    }
}
