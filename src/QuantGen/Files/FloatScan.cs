using System.Numerics;
using System.Runtime.InteropServices;

namespace QuantGen.Files;

/// <summary>Finds numbers that no weight may be.</summary>
internal static class FloatScan
{
    private const uint ExponentMask = 0x7F80_0000;

    /// <summary>Returns the position of the first NaN or infinity, or -1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        // NaN and infinity are the numbers whose exponent bits are all set.
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        var mask = new Vector<uint>(ExponentMask);
        int i = 0;
        for (; i <= bits.Length - Vector<uint>.Count; i += Vector<uint>.Count)
        {
            if (Vector.EqualsAny(new Vector<uint>(bits[i..]) & mask, mask))
            {
                break;
            }
        }

        for (; i < bits.Length; i++)
        {
            if ((bits[i] & ExponentMask) == ExponentMask)
            {
                return i;
            }
        }

        return -1;
    }
}
