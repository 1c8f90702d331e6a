using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QuantGen.Linear;

/// <summary>Sums of activation codes per group of inputs, which weights with a zero point per group need.</summary>
internal static class ActivationSums
{
    /// <summary>Computes sum(code - zero point) for every token and group.</summary>
    /// <param name="codes">First code of the first token.</param>
    /// <param name="stride">Bytes from token to token.</param>
    /// <param name="zeroPoints">Zero point of each token.</param>
    /// <param name="count">Number of tokens.</param>
    /// <param name="columns">Inputs of a token.</param>
    /// <param name="groupSize">Inputs of a group; the last may be shorter.</param>
    /// <param name="sums">Receives [token, group].</param>
    public static void PerGroup(ref byte codes, int stride, ref int zeroPoints, int count, int columns, int groupSize, ref int sums)
    {
        int groups = (columns + groupSize - 1) / groupSize;
        for (int token = 0; token < count; token++)
        {
            int zero = Unsafe.Add(ref zeroPoints, token);
            for (int group = 0; group < groups; group++)
            {
                int first = group * groupSize;
                int length = Math.Min(groupSize, columns - first);
                int sum = 0;
                foreach (byte code in MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref codes, ((nint)token * stride) + first), length))
                {
                    sum += code;
                }

                Unsafe.Add(ref sums, ((nint)token * groups) + group) = sum - (length * zero);
            }
        }
    }
}
