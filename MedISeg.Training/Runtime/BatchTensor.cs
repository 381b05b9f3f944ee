using static TorchSharp.torch;

namespace MedISeg.Training.Runtime;

/// <summary>A tensor of floats that all steps share and that is filled between them.</summary>
internal sealed class BatchTensor : IDisposable
{
    private readonly nint _place;

    /// <summary>Makes a tensor of zeros.</summary>
    /// <param name="shape">Extents.</param>
    public BatchTensor(params long[] shape)
    {
        Tensor = TorchStep.Run(() => zeros(shape).DetachFromDisposeScope());
        _place = TensorMemory.Pointer(Tensor);
    }

    /// <summary>The tensor; borrowed.</summary>
    public Tensor Tensor { get; }

    /// <summary>Its elements, row-major; borrowed, valid until disposal.</summary>
    public unsafe Span<float> Values => new((void*)_place, checked((int)Tensor.NumberOfElements));

    /// <summary>The elements of one sample.</summary>
    /// <param name="sample">From 0.</param>
    public Span<float> Sample(int sample)
    {
        int size = Values.Length / (int)Tensor.shape[0];
        return Values.Slice(sample * size, size);
    }

    /// <inheritdoc />
    public void Dispose() => Tensor.Dispose();
}
