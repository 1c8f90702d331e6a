using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QuantGen.Lanes;

/// <summary>Sixteen lanes in one 512-bit register (x86 with AVX-512).</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct Lanes512 : ILanes<Lanes512>
{
    private Vector512<float> _all;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes512(Vector512<float> all)
    {
        _all = all;
    }

    /// <inheritdoc/>
    public static int Registers => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 left, Lanes512 right) =>
        new(left._all + right._all);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 left, Lanes512 right) =>
        new(left._all - right._all);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(Lanes512 left, Lanes512 right) =>
        new(left._all * right._all);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator /(Lanes512 left, Lanes512 right) =>
        new(left._all / right._all);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 value) =>
        new(-value._all);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Broadcast(float value) =>
        new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(ref float source, nuint offset) =>
        new(Vector512.LoadUnsafe(ref source, offset));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512 value, ref float destination, nuint offset) =>
        value._all.StoreUnsafe(ref destination, offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 FromBytes(Vector128<byte> bytes) =>
        new(Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(bytes)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLowBytes(Lanes512 value, ref byte destination, nuint offset) =>
        Avx512F.ConvertToVector128Byte(value._all.AsUInt32()).StoreUnsafe(ref destination, offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLowShorts(Lanes512 value, ref short destination, nuint offset) =>
        Avx512F.ConvertToVector256Int16(value._all.AsInt32()).StoreUnsafe(ref destination, offset);

    /// <inheritdoc/>
    // One permutation of words from both registers; a narrowing store of each takes several steps.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLowShorts(Lanes512 first, Lanes512 second, ref short destination, nuint offset) =>
        Avx512BW.PermuteVar32x16x2(first._all.AsInt16(), Vector512.CreateSequence<short>(0, 2), second._all.AsInt16()).StoreUnsafe(ref destination, offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AccumulatePairs(ref Lanes512 sum, Lanes512 a, Lanes512 b) =>
        sum._all = (sum._all.AsInt32() + Avx512BW.MultiplyAddAdjacent(a._all.AsInt16(), b._all.AsInt16())).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 FromIntegers(Lanes512 bits) => new(Vector512.ConvertToSingle(bits._all.AsInt32()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 a, Lanes512 b, Lanes512 c) =>
        new(Avx512F.FusedMultiplyAdd(a._all, b._all, c._all));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(ref Lanes512 sum, Lanes512 a, Lanes512 b) =>
        sum._all = Avx512F.FusedMultiplyAdd(a._all, b._all, sum._all);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 left, Lanes512 right) =>
        new(Avx512F.Max(left._all, right._all));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Min(Lanes512 left, Lanes512 right) =>
        new(Avx512F.Min(left._all, right._all));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 SelectGreater(Lanes512 left, Lanes512 right, Lanes512 whenGreater, Lanes512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(left._all, right._all), whenGreater._all, otherwise._all));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort GreaterBits(Lanes512 left, Lanes512 right) => (ushort)Vector512.GreaterThan(left._all, right._all).ExtractMostSignificantBits();

    /// <inheritdoc/>
    // Of the eight classes in the table, quiet and signalling NaN become 8 (+0), the others 0 (unchanged).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 NaNToZero(Lanes512 value) =>
        new(Avx512F.Fixup(value._all, value._all, Vector512.Create(0x88), 0));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Abs(Lanes512 value) =>
        new(Vector512.Abs(value._all));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 CopySign(Lanes512 magnitude, Lanes512 sign) =>
        new(Vector512.ConditionalSelect(Vector512.Create(-0f), sign._all, magnitude._all));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Sqrt(Lanes512 value) =>
        new(Vector512.Sqrt(value._all));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 RoundToEven(Lanes512 value) =>
        new(Vector512.Round(value._all));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ScaleByPowerOfTwo(Lanes512 value, Lanes512 shifted) =>
        new((value._all.AsInt32() + (shifted._all.AsInt32() << 23)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes512 value) =>
        LaneFold.Sum(value._all.GetLower() + value._all.GetUpper());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxFold(Lanes512 value) =>
        LaneFold.Max(Avx.Max(value._all.GetLower(), value._all.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MinFold(Lanes512 value) =>
        LaneFold.Min(Avx.Min(value._all.GetLower(), value._all.GetUpper()));
}
