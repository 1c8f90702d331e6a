using System.Numerics;
using System.Runtime.CompilerServices;

namespace QuantGen.Lanes;

/// <summary>One word: the definition that every other implementation equals.</summary>
internal readonly struct BitsScalar(ulong word) : IBitLanes<BitsScalar>
{
    private readonly ulong _word = word;

    public static int Words => 1;

    public static BitsScalar operator ^(BitsScalar left, BitsScalar right) => new(left._word ^ right._word);

    public static BitsScalar operator &(BitsScalar left, BitsScalar right) => new(left._word & right._word);

    public static BitsScalar operator +(BitsScalar left, BitsScalar right) => new(left._word + right._word);

    public static BitsScalar Load(ref ulong source, nint offset) => new(Unsafe.Add(ref source, offset));

    public static BitsScalar Broadcast(ulong value) => new(value);

    public static BitsScalar PopCount(BitsScalar words) => new((ulong)BitOperations.PopCount(words._word));

    public static ulong AtMost(BitsScalar counts, int bound) => (long)counts._word <= bound ? 1ul : 0;

    public static void StoreDoubled(BitsScalar counts, int total, ref float destination) => destination = (2 * (int)counts._word) - total;
}
