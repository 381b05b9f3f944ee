using System.Numerics.Tensors;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Networks;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace MedISeg.Training.Trainers;

/// <summary>Scores a network on whole cases by a sliding window on the model grid, without augmentation.</summary>
/// <remarks>For choosing a checkpoint only; the exported package is scored by the pipeline that serves it.</remarks>
internal sealed class CaseScorer : IDisposable
{
    private const double Overlap = 0.25;
    private readonly Network _network;
    private readonly TorchOps _ops;
    private readonly GridSize _patch;
    private readonly int _classes;
    private readonly Tensor _input;
    private readonly nint _place;
    private readonly PatchCutter _cutter;

    /// <summary>Prepares the network for evaluation.</summary>
    /// <param name="network">Layers.</param>
    /// <param name="weights">Weights; borrowed, their values of the time of each call are used.</param>
    /// <param name="patch">Extent of a patch.</param>
    public CaseScorer(Network network, NetworkWeights weights, GridSize patch)
    {
        _network = network;
        _ops = new TorchOps(weights, training: false);
        _patch = patch;
        _classes = network.Options.Classes;
        _cutter = new PatchCutter(patch, new AugmentationOptions());
        _input = TorchStep.Run(() => zeros(TensorShapes.Image(1, network.Options.InputChannels, network.Options.Dimensionality, patch))
            .DetachFromDisposeScope());
        _place = TensorMemory.Pointer(_input);
    }

    /// <summary>Refuses a case that cannot be scored in one piece, before a training finds out at the end of its first epoch.</summary>
    /// <param name="source">Validation case.</param>
    /// <param name="classes">Classes with background.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>.</exception>
    public static void CheckSize(TrainingCase source, int classes)
    {
        if (source.Grid.VoxelCount * classes > Array.MaxLength)
            throw new SegmentationException(ErrorCode.TooLarge,
                $"Validation case {source.Name} has {source.Grid} voxels; with {classes} classes at most {Array.MaxLength / classes} can be validated. Set a coarser " +
                "grid.spacing, validationCases 0, or sampling.centreValidation.");
    }

    /// <summary>Dice of each foreground class; NaN where neither truth nor prediction has it.</summary>
    public double[] Score(TrainingCase source, CancellationToken cancellationToken)
    {
        byte[] predicted = Predict(source, cancellationToken);
        return DiceOf(source.Classes, predicted, _classes);
    }

    /// <summary>The same of the patch in the middle of a case alone.</summary>
    /// <remarks>Source: MedISeg at a1ab165, which chooses checkpoints by centre crops.</remarks>
    public double[] ScoreCentre(TrainingCase source)
    {
        byte[] truth = new byte[_patch.VoxelCount];
        SeededRandom unused = new(0, 0, 0);
        _cutter.Cut(source, PaperCrop.Centre(source.Grid, _patch), ref unused, Input(), truth);
        using NativeArray<float> sum = new(checked(_classes * truth.Length));
        TorchStep.Run(() => AddPatch(default, _patch, sum));
        return DiceOf(truth, Largest(sum.Span, truth.Length), _classes);
    }

    /// <summary>Class number a voxel: the argmax of summed probabilities.</summary>
    public byte[] Predict(TrainingCase source, CancellationToken cancellationToken)
    {
        GridSize grid = source.Grid;
        int voxels = checked((int)grid.VoxelCount);
        using NativeArray<float> sum = new(checked(_classes * voxels));
        byte[] ignored = new byte[_patch.VoxelCount];
        foreach (int k in Starts(grid.Depth, _patch.Depth))
            foreach (int j in Starts(grid.Height, _patch.Height))
                foreach (int i in Starts(grid.Width, _patch.Width))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    VoxelIndex start = new(k, j, i);
                    SeededRandom unused = new(0, 0, 0);
                    _cutter.Cut(source, start, ref unused, Input(), ignored);
                    TorchStep.Run(() => AddPatch(start, grid, sum));
                }
        return Largest(sum.Span, voxels);
    }

    /// <inheritdoc />
    public void Dispose() => _input.Dispose();

    /// <summary>Dice of classes 1..count-1; NaN where a class is in neither.</summary>
    internal static double[] DiceOf(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> predicted, int count)
    {
        long[] both = new long[count], inTruth = new long[count], inPrediction = new long[count];
        for (int n = 0; n < truth.Length; n++)
        {
            inTruth[truth[n]]++;
            inPrediction[predicted[n]]++;
            if (truth[n] == predicted[n]) both[truth[n]]++;
        }
        double[] dice = new double[count - 1];
        for (int c = 1; c < count; c++)
            dice[c - 1] = inTruth[c] + inPrediction[c] == 0 ? double.NaN : 2.0 * both[c] / (inTruth[c] + inPrediction[c]);
        return dice;
    }

    private unsafe Span<float> Input() => new((void*)_place, checked((int)_input.NumberOfElements));

    private unsafe void AddPatch(VoxelIndex start, GridSize grid, NativeArray<float> sum)
    {
        using IDisposable quiet = no_grad();
        Tensor probabilities = nn.functional.softmax(_network.Run(_ops, _ops.Arrange(_input)), 1).contiguous();
        int patchVoxels = checked((int)_patch.VoxelCount), voxels = checked((int)grid.VoxelCount);
        ReadOnlySpan<float> scores = new((void*)TensorMemory.Pointer(probabilities), _classes * patchVoxels);
        int first = Math.Max(0, start.I), count = Math.Min(grid.Width, start.I + _patch.Width) - first;
        for (int c = 0; c < _classes; c++)
            for (int k = Math.Max(0, start.K); k < Math.Min(grid.Depth, start.K + _patch.Depth); k++)
                for (int j = Math.Max(0, start.J); j < Math.Min(grid.Height, start.J + _patch.Height); j++)
                {
                    Span<float> target = sum.Span.Slice(c * voxels + (int)grid.Offset(k, j, first), count);
                    int from = c * patchVoxels + (int)_patch.Offset(k - start.K, j - start.J, first - start.I);
                    TensorPrimitives.Add(target, scores.Slice(from, count), target);
                }
        GC.KeepAlive(probabilities);
    }

    private byte[] Largest(ReadOnlySpan<float> sum, int voxels)
    {
        byte[] labels = new byte[voxels];
        for (int n = 0; n < voxels; n++)
        {
            int best = 0;
            for (int c = 1; c < _classes; c++)
                if (sum[c * voxels + n] > sum[best * voxels + n]) best = c;
            labels[n] = (byte)best;
        }
        return labels;
    }

    private static int[] Starts(int extent, int side)
    {
        if (extent <= side) return [-((side - extent) / 2)];
        int count = (int)Math.Ceiling((extent - side) / Math.Max(1, side * (1 - Overlap))) + 1;
        return [.. Enumerable.Range(0, count).Select(n => (int)Math.Round((double)n * (extent - side) / (count - 1)))];
    }
}
