using System.Runtime.CompilerServices;
using QuantGen.Kernels;

namespace QuantGen.Linear;

/// <summary>Stores full-precision outputs and leaves padding out.</summary>
public static class FloatOutputs
{
    /// <summary>Stores up to sixteen outputs.</summary>
    /// <typeparam name="TLanes">The lanes.</typeparam>
    /// <param name="values">The outputs.</param>
    /// <param name="output">Where they go.</param>
    /// <param name="count">How many exist; more than sixteen means all.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes>(TLanes values, ref float output, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        if (count >= 16)
        {
            TLanes.Store(values, ref output, 0);
        }
        else
        {
            StoreFirst(values, ref output, count);
        }
    }

    private static void StoreFirst<TLanes>(TLanes values, ref float output, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        Span<float> all = stackalloc float[16];
        TLanes.Store(values, ref all[0], 0);
        for (int i = 0; i < count; i++)
        {
            Unsafe.Add(ref output, i) = all[i];
        }
    }
}
