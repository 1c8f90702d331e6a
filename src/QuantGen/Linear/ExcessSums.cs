using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QuantGen.Linear;

/// <summary>Multiplies what <see cref="PairClipper"/> clipped from a panel by the activations: what the kernel's sums begin with.</summary>
internal static class ExcessSums
{
    private const int TokensAtOnce = 4;

    /// <summary>Computes the beginnings of a panel's sums.</summary>
    /// <param name="x">The activations.</param>
    /// <param name="excess">The panel's list, which has entries.</param>
    /// <param name="outputs">Outputs of the panel.</param>
    /// <param name="starts">Receives a number for each token and output.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(in QuantizedRows x, ref int excess, int outputs, ref int starts)
    {
        MemoryMarshal.CreateSpan(ref starts, x.Count * outputs).Clear();
        int token = 0;
        for (; token + TokensAtOnce <= x.Count; token += TokensAtOnce)
        {
            // An entry is taken apart once for some tokens, whose activations stay in the nearest cache.
            ref byte a = ref Unsafe.Add(ref x.Codes, token * (nint)x.Stride);
            ref int sums = ref Unsafe.Add(ref starts, token * outputs);
            for (int i = 1; i <= excess; i++)
            {
                int entry = Unsafe.Add(ref excess, i);
                nint input = entry & 0xFFFF;
                nint output = (entry >> 16) & 0xFF;
                int missing = entry >> 24;
                Unsafe.Add(ref sums, output) += missing * Unsafe.Add(ref a, input);
                Unsafe.Add(ref sums, output + outputs) += missing * Unsafe.Add(ref a, input + x.Stride);
                Unsafe.Add(ref sums, output + (2 * outputs)) += missing * Unsafe.Add(ref a, input + (2 * (nint)x.Stride));
                Unsafe.Add(ref sums, output + (3 * outputs)) += missing * Unsafe.Add(ref a, input + (3 * (nint)x.Stride));
            }
        }

        for (; token < x.Count; token++)
        {
            ref byte a = ref Unsafe.Add(ref x.Codes, token * (nint)x.Stride);
            ref int sums = ref Unsafe.Add(ref starts, token * outputs);
            for (int i = 1; i <= excess; i++)
            {
                int entry = Unsafe.Add(ref excess, i);
                Unsafe.Add(ref sums, (entry >> 16) & 0xFF) += (entry >> 24) * Unsafe.Add(ref a, entry & 0xFFFF);
            }
        }
    }
}
