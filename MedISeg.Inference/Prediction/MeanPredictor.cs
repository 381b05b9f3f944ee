using System.Numerics.Tensors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Tiling;

namespace MedISeg.Inference.Prediction;

/// <summary>Ensemble by weighted mean of the members' scores inside the patch, so that memory does not grow with members.</summary>
internal sealed class MeanPredictor : IPatchPredictor
{
    private readonly IPatchPredictor[] _members;
    private readonly float[] _weights;
    private readonly float _sum;
    private float[] _scores = [];

    /// <summary>Creates an ensemble.</summary>
    /// <param name="members">At least one, all with the same channels and classes.</param>
    /// <param name="weights">One positive weight a member.</param>
    public MeanPredictor(IReadOnlyList<IPatchPredictor> members, IReadOnlyList<double> weights)
    {
        if (members.Count == 0 || members.Count != weights.Count) throw new ArgumentException("One weight a member is needed.", nameof(weights));
        _members = [.. members];
        // Scaled so that equal weights are exactly 1: their mean is then the plain sum over the count.
        double largest = weights.Max();
        _weights = [.. weights.Select(weight => (float)(weight / largest))];
        _sum = _weights.Sum();
    }

    /// <inheritdoc />
    public int Channels => _members[0].Channels;

    /// <inheritdoc />
    public int Classes => _members[0].Classes;

    /// <inheritdoc />
    public void Predict(ReadOnlySpan<float> patch, GridSize size, Span<float> scores, CancellationToken cancellationToken)
    {
        _members[0].Predict(patch, size, scores, cancellationToken);
        if (_members.Length == 1) return;
        if (_scores.Length != scores.Length) _scores = new float[scores.Length];
        TensorPrimitives.Multiply(scores, _weights[0], scores);
        for (int m = 1; m < _members.Length; m++)
        {
            _members[m].Predict(patch, size, _scores, cancellationToken);
            TilingKernels.AddScaled(_scores, _weights[m], scores);
        }
        TensorPrimitives.Divide(scores, _sum, scores);
    }
}
