using System.Runtime.CompilerServices;
using QuantGen.Quantization;

namespace QuantGen.Execution;

/// <summary>The one place where integers of a model without floats become floats: its results, when the pass has ended.</summary>
internal static class IntegerResults
{
    /// <summary>Multiplies results by their scale, in place.</summary>
    /// <param name="pass">The first member's pass.</param>
    /// <param name="members">Members of an ensemble; 1 for a model alone.</param>
    /// <param name="offset">Where the results are in the shared buffers.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="isHidden">Whether they are hidden states rather than outputs of a head.</param>
    public static void ToFloats(ForwardPass pass, int members, long offset, int count, bool isHidden)
    {
        float scale = (float)FixedPoint.ScaleOf(isHidden ? FixedPoint.StateBits : FixedPoint.LogitBits);
        for (int member = 0; member < members; member++)
        {
            ref int integers = ref pass.Member(member).SharedIntegers(offset);
            ref float floats = ref pass.Member(member).Shared(offset);
            for (int i = 0; i < count; i++)
            {
                Unsafe.Add(ref floats, i) = Unsafe.Add(ref integers, i) * scale;
            }
        }
    }
}
