using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MedISeg.Training.Runtime;

/// <summary>The native memory of contiguous CPU tensors of floats.</summary>
internal static class TensorMemory
{
    /// <summary>Address of the first element; valid while the tensor lives.</summary>
    /// <exception cref="ArgumentException">The tensor is not contiguous.</exception>
    public static unsafe nint Pointer(Tensor tensor)
    {
        if (!tensor.is_contiguous()) throw new ArgumentException("Only a contiguous tensor has one block of memory.", nameof(tensor));
        nint place = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
        GC.KeepAlive(tensor);
        return place;
    }
}
