namespace QuantGen.Lanes;

/// <summary>Some words of 64 bits whose set bits are counted side by side. Counts are whole numbers, so that no width shows in them.</summary>
/// <typeparam name="TSelf">The implementation.</typeparam>
internal interface IBitLanes<TSelf>
    where TSelf : struct, IBitLanes<TSelf>
{
    /// <summary>Gets the number of words: 8, 4 or 1.</summary>
    static abstract int Words { get; }

    /// <summary>Gets the bits that differ.</summary>
    static abstract TSelf operator ^(TSelf left, TSelf right);

    /// <summary>Gets the bits that both have.</summary>
    static abstract TSelf operator &(TSelf left, TSelf right);

    /// <summary>Adds counts.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>Reads words.</summary>
    static abstract TSelf Load(ref ulong source, nint offset);

    /// <summary>Gives all words one value.</summary>
    static abstract TSelf Broadcast(ulong value);

    /// <summary>Counts the bits of each word.</summary>
    static abstract TSelf PopCount(TSelf words);

    /// <summary>Gets a bit for each count, the first lowest: whether it is at most a bound.</summary>
    static abstract ulong AtMost(TSelf counts, int bound);

    /// <summary>Writes <c>2 counts - total</c> as floats.</summary>
    static abstract void StoreDoubled(TSelf counts, int total, ref float destination);
}
