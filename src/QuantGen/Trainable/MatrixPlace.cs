using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QuantGen.Trainable;

/// <summary>A matrix inside an array.</summary>
/// <param name="Array">The array.</param>
/// <param name="Offset">Its first element.</param>
/// <param name="Stride">Elements from row to row.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct MatrixPlace(float[] Array, int Offset, int Stride)
{
    /// <summary>Gets a row's first element.</summary>
    /// <param name="row">The row.</param>
    internal ref float Row(int row) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Array), Offset + ((nint)row * Stride));
}
