using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QuantGen.Trainable;

/// <summary>Buffers that grow with the batches and are reused.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FloatBuffers
{
    /// <summary>Makes room; the contents are undefined afterwards when the buffer had to grow.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="count">Floats.</param>
    public static float[] Reserve(ref float[] buffer, long count)
    {
        if (buffer.Length < count)
        {
            buffer = GC.AllocateUninitializedArray<float>(checked((int)count));
        }

        return buffer;
    }

    internal static ref float At(this float[] buffer, long index) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(buffer), (nint)index);
}
