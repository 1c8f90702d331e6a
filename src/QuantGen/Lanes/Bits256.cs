using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QuantGen.Lanes;

/// <summary>Four words in a register of 256 bits.</summary>
internal readonly struct Bits256(Vector256<ulong> words) : IBitLanes<Bits256>
{
    private readonly Vector256<ulong> _words = words;

    public static int Words => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bits256 operator ^(Bits256 left, Bits256 right) => new(left._words ^ right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bits256 operator &(Bits256 left, Bits256 right) => new(left._words & right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bits256 operator +(Bits256 left, Bits256 right) => new(left._words + right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bits256 Load(ref ulong source, nint offset) => new(Vector256.LoadUnsafe(ref source, (nuint)offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bits256 Broadcast(ulong value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bits256 PopCount(Bits256 words)
    {
        // The bits of half a byte are looked up, and the bytes of each word added.
        Vector256<byte> counts = Vector256.Create(BitCounts.OfHalves);
        Vector256<byte> low = words._words.AsByte() & Vector256.Create((byte)15);
        Vector256<byte> high = (words._words >>> 4).AsByte() & Vector256.Create((byte)15);
        Vector256<byte> each = Avx2.Shuffle(counts, low) + Avx2.Shuffle(counts, high);
        return new(Avx2.SumAbsoluteDifferences(each, Vector256<byte>.Zero).AsUInt64());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong AtMost(Bits256 counts, int bound) =>
        Vector256.LessThanOrEqual(counts._words.AsInt64(), Vector256.Create((long)bound)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreDoubled(Bits256 counts, int total, ref float destination)
    {
        Vector128<int> narrow = Vector128.Narrow(counts._words.GetLower().AsInt64(), counts._words.GetUpper().AsInt64());
        Vector128.ConvertToSingle((narrow << 1) - Vector128.Create(total)).StoreUnsafe(ref destination);
    }
}
