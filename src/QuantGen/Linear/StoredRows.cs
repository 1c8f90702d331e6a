using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QuantGen.Linear;

/// <summary>Puts the outputs of a mixed-precision layer, computed in stored order, back where the model has them.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class StoredRows
{
    /// <summary>Copies groups of outputs.</summary>
    /// <typeparam name="T">Floats, or integers of a model without them.</typeparam>
    /// <param name="stored">Outputs in stored order, token after token.</param>
    /// <param name="storedStride">Floats from token to token.</param>
    /// <param name="output">First output of the first token in the model's order.</param>
    /// <param name="outputStride">Floats from token to token.</param>
    /// <param name="tokens">Number of tokens.</param>
    /// <param name="groups">For each stored group the group it is in the model.</param>
    /// <param name="rowsPerGroup">Outputs of a group.</param>
    public static void Restore<T>(ref T stored, int storedStride, ref T output, int outputStride, int tokens, ReadOnlySpan<int> groups, int rowsPerGroup)
        where T : unmanaged
    {
        for (int token = 0; token < tokens; token++)
        {
            ref T from = ref Unsafe.Add(ref stored, (nint)token * storedStride);
            ref T to = ref Unsafe.Add(ref output, (nint)token * outputStride);
            for (int g = 0; g < groups.Length; g++)
            {
                MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref from, g * rowsPerGroup), rowsPerGroup)
                    .CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref to, groups[g] * rowsPerGroup), rowsPerGroup));
            }
        }
    }
}
