using static TorchSharp.torch;

namespace MedISeg.Training.Losses;

/// <summary>The loss of a network's outputs: of the full-size one, and with deep supervision of the coarser ones too.</summary>
/// <param name="loss">Loss of one output.</param>
/// <param name="options">null: only the full-size output counts.</param>
internal sealed class DeepSupervision(SegmentationLoss loss, DeepSupervisionOptions? options)
{
    /// <summary>Weighted sum of the outputs' losses. Call it inside a <see cref="Runtime.TorchStep"/> only.</summary>
    /// <param name="outputs">Logits [batch, classes, spatial], full-size first.</param>
    /// <param name="labels">Class numbers of full size, [batch, spatial], 64-bit integers.</param>
    /// <returns>The sum, with the terms of the full-size output.</returns>
    public LossParts Run(IReadOnlyList<Tensor> outputs, Tensor labels)
    {
        Tensor? voxelWeights = loss.NeedsVoxelWeights ? loss.VoxelWeights(labels) : null;
        LossParts full = loss.Run(outputs[0], labels, voxelWeights);
        if (options is null) return full;
        Tensor total = options.WeightOf(0) * full.Total;
        for (int n = 1; n < outputs.Count; n++)
        {
            long[] sides = outputs[n].shape[2..];
            Tensor? coarseWeights = voxelWeights is null ? null : Resize(voxelWeights, sides, InterpolationMode.Nearest, null);
            Tensor side = loss.Run(outputs[n], Coarse(labels, sides, options), coarseWeights).Total;
            total += options.WeightOf(n) * side;
        }
        return full with { Total = total };
    }

    /// <summary>Labels on a coarser grid.</summary>
    /// <param name="labels">Class numbers, [batch, spatial], 64-bit integers.</param>
    /// <param name="sides">The coarser extent; divides the full one.</param>
    /// <param name="options">How.</param>
    /// <returns>Class numbers, [batch, sides], 64-bit integers.</returns>
    /// <remarks>Checked against golden <c>deepsup2d</c> and <c>deepsup3d</c>. In compat a volume's voxel whose eight neighbours agree may come
    /// out one class lower in other versions of PyTorch, where rounding leaves the mean just below the whole number.</remarks>
    public static Tensor Coarse(Tensor labels, long[] sides, DeepSupervisionOptions options)
    {
        Tensor values = labels.to_type(ScalarType.Float32);
        bool volume = sides.Length == 3;
        Tensor coarse = (options.Mode, options.Labels) switch
        {
            (DefectMode.Compat, _) => Resize(values, sides, volume ? InterpolationMode.Trilinear : InterpolationMode.Bilinear, volume),
            (_, CoarseLabels.Max) => Largest(values, sides),
            _ => Resize(values, sides, InterpolationMode.Nearest, null),
        };
        Tensor numbers = coarse.to_type(ScalarType.Int64);
        GC.KeepAlive(labels);
        return numbers;
    }

    private static Tensor Resize(Tensor values, long[] sides, InterpolationMode mode, bool? alignCorners)
    {
        Tensor resized = nn.functional.interpolate(values.unsqueeze(1), size: sides, mode: mode, align_corners: alignCorners).squeeze(1);
        GC.KeepAlive(values);
        return resized;
    }

    private static Tensor Largest(Tensor values, long[] sides)
    {
        long[] block = [.. sides.Select((side, axis) => values.shape[axis + 1] / side)];
        Tensor input = values.unsqueeze(1);
        Tensor largest = sides.Length == 3
            ? nn.functional.max_pool3d(input, block, block)
            : nn.functional.max_pool2d(input, block, block);
        GC.KeepAlive(values);
        return largest.squeeze(1);
    }
}
