using System.Runtime.CompilerServices;

namespace QuantGen.Kernels;

/// <summary>Reads and writes the last, incomplete vector of a run without touching memory beyond it.</summary>
internal static class LanesTail
{
    /// <summary>Reads <paramref name="count"/> floats into the first lanes and <paramref name="fill"/> into the rest.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TLanes Load<TLanes>(ref float source, nuint offset, int count, float fill)
        where TLanes : struct, ILanes<TLanes>
    {
        LanesScalar buffer = LanesScalar.Broadcast(fill);
        for (int i = 0; i < count; i++)
        {
            buffer[i] = Unsafe.Add(ref source, offset + (nuint)i);
        }

        return TLanes.Load(ref Unsafe.As<LanesScalar, float>(ref buffer), 0);
    }

    /// <summary>Writes the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Store<TLanes>(TLanes value, ref float destination, nuint offset, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        LanesScalar buffer = default;
        TLanes.Store(value, ref Unsafe.As<LanesScalar, float>(ref buffer), 0);
        for (int i = 0; i < count; i++)
        {
            Unsafe.Add(ref destination, offset + (nuint)i) = buffer[i];
        }
    }

    /// <summary>Writes the low bytes of the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void StoreLowBytes<TLanes>(TLanes value, ref byte destination, nuint offset, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        LanesScalar buffer = default;
        ref byte bytes = ref Unsafe.As<LanesScalar, byte>(ref buffer);
        TLanes.StoreLowBytes(value, ref bytes, 0);
        for (int i = 0; i < count; i++)
        {
            Unsafe.Add(ref destination, offset + (nuint)i) = Unsafe.Add(ref bytes, i);
        }
    }
}
