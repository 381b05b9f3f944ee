using MedISeg.Inference.Options;
using MedISeg.Inference.Tiling;

namespace MedISeg.Inference.Uncertainty;

/// <summary>Parts bands into the network's scores and uncertainty, and works out entropy and probability of the scores.</summary>
/// <param name="meaning">What scores mean.</param>
/// <param name="kinds">Maps in their order.</param>
/// <param name="asked">Score channels whose probability is wanted.</param>
/// <param name="labels">Takes the network's channels.</param>
/// <param name="maps">Takes one channel a map.</param>
internal sealed class UncertaintySink(ScoreMeaning meaning, IReadOnlyList<OutputKind> kinds, IReadOnlyList<int> asked, IBandSink labels, IBandSink maps) : IBandSink
{
    private float[] _probabilities = [], _values = [];

    /// <inheritdoc />
    public void Accept(in Band band)
    {
        int voxels = checked((int)band.Size.VoxelCount), scores = meaning.Channels * voxels;
        labels.Accept(new Band(band.Scores[..scores], meaning.Channels, band.Size, band.Origin, band.StreamingAxis));
        if (_values.Length < kinds.Count * voxels) _values = new float[kinds.Count * voxels];
        int extra = scores;
        for (int n = 0; n < kinds.Count; n++)
        {
            Span<float> values = _values.AsSpan(n * voxels, voxels);
            if (kinds[n].IsOfMean())
            {
                ReadOnlySpan<float> probabilities = Probabilities(band.Scores[..scores]);
                if (kinds[n] == OutputKind.Entropy) UncertaintyKernels.Entropy(probabilities, meaning, values);
                else UncertaintyKernels.Join(probabilities, meaning, asked, values);
                continue;
            }
            band.Scores.Slice(extra, voxels).CopyTo(values);
            extra += voxels;
        }
        maps.Accept(new Band(_values.AsSpan(0, kinds.Count * voxels), kinds.Count, band.Size, band.Origin, band.StreamingAxis));
    }

    /// <inheritdoc />
    public void Complete()
    {
        labels.Complete();
        maps.Complete();
    }

    private ReadOnlySpan<float> Probabilities(ReadOnlySpan<float> scores)
    {
        if (!meaning.Logits) return scores;
        if (_probabilities.Length < scores.Length) _probabilities = new float[scores.Length];
        Span<float> own = _probabilities.AsSpan(0, scores.Length);
        scores.CopyTo(own);
        meaning.ToProbabilities(own);
        return own;
    }
}
