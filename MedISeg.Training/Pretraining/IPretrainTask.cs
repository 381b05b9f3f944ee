using MedISeg.Training.Data;
using MedISeg.Training.Networks;
using static TorchSharp.torch;

namespace MedISeg.Training.Pretraining;

/// <summary>What a network learns from images without labels.</summary>
internal interface IPretrainTask : IDisposable
{
    /// <summary>All tensors that learn, those of helper layers too, in a fixed order.</summary>
    IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <summary>The tensors of the network that a training starts from.</summary>
    IReadOnlyList<ParameterInfo> Transferred { get; }

    /// <summary>What a checkpoint must hold beside the weights; null: nothing.</summary>
    NetworkWeights? Memory { get; }

    /// <summary>Hears of the drawn weights before the first step.</summary>
    /// <param name="weights">Of <see cref="Parameters"/>; borrowed for the task's life.</param>
    void Begin(NetworkWeights weights);

    /// <summary>Prepares the batch of a step; called outside of a step of tensors.</summary>
    /// <param name="images">At least one.</param>
    /// <param name="step">From 0; decides the batch, with the seed.</param>
    void Fill(IReadOnlyList<TrainingCase> images, int step);

    /// <summary>The loss of the batch; called inside a <see cref="Runtime.TorchStep"/>.</summary>
    /// <param name="ops">Operations with the weights, in training.</param>
    Tensor Loss(TorchOps ops);

    /// <summary>Called after the weights have followed the gradient.</summary>
    /// <param name="step">From 0.</param>
    void End(int step);
}
