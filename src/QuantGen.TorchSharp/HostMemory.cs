using System.Runtime.InteropServices;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>Copies between arrays and tensors.</summary>
internal static class HostMemory
{
    /// <summary>
    /// Makes a tensor of the first elements of an array; on a CPU both share memory, so that the tensor must not outlive the array's contents.
    /// </summary>
    /// <param name="values">The array.</param>
    /// <param name="device">The device.</param>
    /// <param name="shape">The shape.</param>
    public static Tensor Share(float[] values, Device device, params long[] shape)
    {
        long count = shape.Aggregate(1L, (product, dimension) => product * dimension);
        return count == 0 ? zeros(shape, ScalarType.Float32, device) : frombuffer(values, ScalarType.Float32, count).view(shape).to(device);
    }

    /// <summary>Copies the elements of a tensor to the beginning of a span.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="target">Receives its elements.</param>
    public static void CopyTo(Tensor tensor, Span<float> target)
    {
        if (tensor.numel() > 0)
        {
            using DisposeScope scope = NewDisposeScope();
            Elements(tensor.detach().cpu().contiguous()).CopyTo(target);
        }
    }

    /// <summary>Gets the elements of a contiguous tensor of the CPU.</summary>
    /// <param name="tensor">The tensor; it must live as long as the span.</param>
    public static Span<float> Elements(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
