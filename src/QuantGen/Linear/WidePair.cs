using System.Runtime.CompilerServices;

namespace QuantGen.Linear;

/// <summary>Widens activation codes for kernels whose operands have 16 bits.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class WidePair
{
    /// <summary>Gets two neighbouring codes as two 16-bit numbers, the first in the low half.</summary>
    /// <param name="codes">First code of a token.</param>
    /// <param name="offset">Which code.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of(ref byte codes, nint offset)
    {
        int pair = Unsafe.ReadUnaligned<ushort>(ref Unsafe.AddByteOffset(ref codes, offset));
        return (pair & 0xFF) | ((pair & 0xFF00) << 8);
    }
}
