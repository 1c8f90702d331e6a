using System.Runtime.CompilerServices;

namespace QuantGen.Lanes;

/// <summary>Reads and writes the last, incomplete vector of a run without touching memory beyond it.</summary>
/// <remarks>Inlined although rarely run: a call here would keep the accumulators of the loop before it in memory instead of registers.</remarks>
internal static class LanesTail
{
    /// <summary>Reads <paramref name="count"/> floats into the first lanes and <paramref name="fill"/> into the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(ref float source, nuint offset, int count, float fill)
        where TLanes : struct, ILanes<TLanes>
    {
        LanesScalar buffer = default;
        ref float lanes = ref Unsafe.As<LanesScalar, float>(ref buffer);
        TLanes.Store(TLanes.Broadcast(fill), ref lanes, 0);
        for (int i = 0; i < count; i++)
        {
            Unsafe.Add(ref lanes, i) = Unsafe.Add(ref source, offset + (nuint)i);
        }

        return TLanes.Load(ref lanes, 0);
    }

    /// <summary>Writes the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes>(TLanes value, ref float destination, nuint offset, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        LanesScalar buffer = default;
        ref float lanes = ref Unsafe.As<LanesScalar, float>(ref buffer);
        TLanes.Store(value, ref lanes, 0);
        for (int i = 0; i < count; i++)
        {
            Unsafe.Add(ref destination, offset + (nuint)i) = Unsafe.Add(ref lanes, i);
        }
    }

    /// <summary>Writes the low 16 bits of the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLowShorts<TLanes>(TLanes value, ref short destination, nuint offset, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        LanesScalar buffer = default;
        ref short shorts = ref Unsafe.As<LanesScalar, short>(ref buffer);
        TLanes.StoreLowShorts(value, ref shorts, 0);
        for (int i = 0; i < count; i++)
        {
            Unsafe.Add(ref destination, offset + (nuint)i) = Unsafe.Add(ref shorts, i);
        }
    }

    /// <summary>Writes the low bytes of the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    /// <summary>Reads up to sixteen floats, zeros after them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes LoadUpTo<TLanes>(ref float source, int offset, int count, float fill = 0f)
        where TLanes : struct, ILanes<TLanes> => count == 16 ? TLanes.Load(ref source, (nuint)offset) : Load<TLanes>(ref source, (nuint)offset, count, fill);

    /// <summary>Writes up to sixteen floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreUpTo<TLanes>(TLanes value, ref float destination, int offset, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        if (count == 16)
        {
            TLanes.Store(value, ref destination, (nuint)offset);
        }
        else
        {
            Store(value, ref destination, (nuint)offset, count);
        }
    }

    /// <summary>Makes ones in the first lanes and zeros after them.</summary>
    public static TLanes Ones<TLanes>(int count)
        where TLanes : struct, ILanes<TLanes>
    {
        LanesScalar buffer = default;
        ref float lanes = ref Unsafe.As<LanesScalar, float>(ref buffer);
        for (int i = 0; i < count; i++)
        {
            Unsafe.Add(ref lanes, i) = 1f;
        }

        return TLanes.Load(ref lanes, 0);
    }
}
