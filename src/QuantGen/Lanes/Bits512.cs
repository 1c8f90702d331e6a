using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QuantGen.Lanes;

/// <summary>Eight words in a register of 512 bits.</summary>
internal readonly struct Bits512(Vector512<ulong> words) : IBitLanes<Bits512>
{
    private readonly Vector512<ulong> _words = words;

    public static int Words => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bits512 operator ^(Bits512 left, Bits512 right) => new(left._words ^ right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bits512 operator &(Bits512 left, Bits512 right) => new(left._words & right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bits512 operator +(Bits512 left, Bits512 right) => new(left._words + right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bits512 Load(ref ulong source, nint offset) => new(Vector512.LoadUnsafe(ref source, (nuint)offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bits512 Broadcast(ulong value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bits512 PopCount(Bits512 words)
    {
        // The bits of half a byte are looked up, and the bytes of each word added.
        Vector512<byte> counts = Vector512.Create(BitCounts.OfHalves);
        Vector512<byte> low = words._words.AsByte() & Vector512.Create((byte)15);
        Vector512<byte> high = (words._words >>> 4).AsByte() & Vector512.Create((byte)15);
        Vector512<byte> each = Avx512BW.Shuffle(counts, low) + Avx512BW.Shuffle(counts, high);
        return new(Avx512BW.SumAbsoluteDifferences(each, Vector512<byte>.Zero).AsUInt64());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong AtMost(Bits512 counts, int bound) =>
        Vector512.LessThanOrEqual(counts._words.AsInt64(), Vector512.Create((long)bound)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreDoubled(Bits512 counts, int total, ref float destination)
    {
        Vector256<int> narrow = Avx512F.ConvertToVector256Int32(counts._words);
        Vector256.ConvertToSingle((narrow << 1) - Vector256.Create(total)).StoreUnsafe(ref destination);
    }
}
