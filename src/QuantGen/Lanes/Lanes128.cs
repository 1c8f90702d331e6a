using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace QuantGen.Lanes;

/// <summary>Sixteen lanes in four 128-bit registers (every machine with vectors).</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct Lanes128 : ILanes<Lanes128>
{
    private Vector128<float> _first;
    private Vector128<float> _second;
    private Vector128<float> _third;
    private Vector128<float> _fourth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes128(Vector128<float> first, Vector128<float> second, Vector128<float> third, Vector128<float> fourth)
    {
        _first = first;
        _second = second;
        _third = third;
        _fourth = fourth;
    }

    /// <inheritdoc/>
    public static int Registers => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 left, Lanes128 right) =>
        new(left._first + right._first, left._second + right._second, left._third + right._third, left._fourth + right._fourth);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 left, Lanes128 right) =>
        new(left._first - right._first, left._second - right._second, left._third - right._third, left._fourth - right._fourth);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 left, Lanes128 right) =>
        new(left._first * right._first, left._second * right._second, left._third * right._third, left._fourth * right._fourth);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 left, Lanes128 right) =>
        new(left._first / right._first, left._second / right._second, left._third / right._third, left._fourth / right._fourth);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 value) =>
        new(-value._first, -value._second, -value._third, -value._fourth);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Broadcast(float value)
    {
        // One load and one broadcast, however many registers.
        Vector128<float> all = Vector128.Create(value);
        return new(all, all, all, all);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(ref float source, nuint offset) =>
        new(
            Vector128.LoadUnsafe(ref source, offset),
            Vector128.LoadUnsafe(ref source, offset + 4),
            Vector128.LoadUnsafe(ref source, offset + 8),
            Vector128.LoadUnsafe(ref source, offset + 12));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128 value, ref float destination, nuint offset)
    {
        value._first.StoreUnsafe(ref destination, offset);
        value._second.StoreUnsafe(ref destination, offset + 4);
        value._third.StoreUnsafe(ref destination, offset + 8);
        value._fourth.StoreUnsafe(ref destination, offset + 12);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 FromBytes(Vector128<byte> bytes)
    {
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(bytes);
        return new(
            Vector128.ConvertToSingle(Vector128.WidenLower(low).AsInt32()),
            Vector128.ConvertToSingle(Vector128.WidenUpper(low).AsInt32()),
            Vector128.ConvertToSingle(Vector128.WidenLower(high).AsInt32()),
            Vector128.ConvertToSingle(Vector128.WidenUpper(high).AsInt32()));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLowBytes(Lanes128 value, ref byte destination, nuint offset)
    {
        Vector128<ushort> low = Vector128.Narrow(value._first.AsUInt32(), value._second.AsUInt32());
        Vector128<ushort> high = Vector128.Narrow(value._third.AsUInt32(), value._fourth.AsUInt32());
        Vector128.Narrow(low, high).StoreUnsafe(ref destination, offset);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLowShorts(Lanes128 value, ref short destination, nuint offset)
    {
        Vector128.Narrow(value._first.AsInt32(), value._second.AsInt32()).StoreUnsafe(ref destination, offset);
        Vector128.Narrow(value._third.AsInt32(), value._fourth.AsInt32()).StoreUnsafe(ref destination, offset + 8);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AccumulatePairs(ref Lanes128 sum, Lanes128 a, Lanes128 b)
    {
        sum._first = AddPairs(sum._first, a._first, b._first);
        sum._second = AddPairs(sum._second, a._second, b._second);
        sum._third = AddPairs(sum._third, a._third, b._third);
        sum._fourth = AddPairs(sum._fourth, a._fourth, b._fourth);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 FromIntegers(Lanes128 bits) => new(
        Vector128.ConvertToSingle(bits._first.AsInt32()),
        Vector128.ConvertToSingle(bits._second.AsInt32()),
        Vector128.ConvertToSingle(bits._third.AsInt32()),
        Vector128.ConvertToSingle(bits._fourth.AsInt32()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) =>
        Fma.IsSupported || AdvSimd.IsSupported
            ? new(
                Fused(a._first, b._first, c._first),
                Fused(a._second, b._second, c._second),
                Fused(a._third, b._third, c._third),
                Fused(a._fourth, b._fourth, c._fourth))
            : MultiplyAddEmulated(a, b, c);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(ref Lanes128 sum, Lanes128 a, Lanes128 b)
    {
        if (Fma.IsSupported || AdvSimd.IsSupported)
        {
            sum._first = Fused(a._first, b._first, sum._first);
            sum._second = Fused(a._second, b._second, sum._second);
            sum._third = Fused(a._third, b._third, sum._third);
            sum._fourth = Fused(a._fourth, b._fourth, sum._fourth);
        }
        else
        {
            sum = MultiplyAddEmulated(a, b, sum);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 left, Lanes128 right) =>
        new(
            LaneFold.Larger(left._first, right._first),
            LaneFold.Larger(left._second, right._second),
            LaneFold.Larger(left._third, right._third),
            LaneFold.Larger(left._fourth, right._fourth));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Min(Lanes128 left, Lanes128 right) =>
        new(
            LaneFold.Smaller(left._first, right._first),
            LaneFold.Smaller(left._second, right._second),
            LaneFold.Smaller(left._third, right._third),
            LaneFold.Smaller(left._fourth, right._fourth));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SelectGreater(Lanes128 left, Lanes128 right, Lanes128 whenGreater, Lanes128 otherwise) =>
        new(
            Vector128.ConditionalSelect(Vector128.GreaterThan(left._first, right._first), whenGreater._first, otherwise._first),
            Vector128.ConditionalSelect(Vector128.GreaterThan(left._second, right._second), whenGreater._second, otherwise._second),
            Vector128.ConditionalSelect(Vector128.GreaterThan(left._third, right._third), whenGreater._third, otherwise._third),
            Vector128.ConditionalSelect(Vector128.GreaterThan(left._fourth, right._fourth), whenGreater._fourth, otherwise._fourth));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort GreaterBits(Lanes128 left, Lanes128 right) => (ushort)(
        Vector128.GreaterThan(left._first, right._first).ExtractMostSignificantBits()
        | (Vector128.GreaterThan(left._second, right._second).ExtractMostSignificantBits() << 4)
        | (Vector128.GreaterThan(left._third, right._third).ExtractMostSignificantBits() << 8)
        | (Vector128.GreaterThan(left._fourth, right._fourth).ExtractMostSignificantBits() << 12));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 NaNToZero(Lanes128 value) =>
        new(
            value._first & Vector128.Equals(value._first, value._first),
            value._second & Vector128.Equals(value._second, value._second),
            value._third & Vector128.Equals(value._third, value._third),
            value._fourth & Vector128.Equals(value._fourth, value._fourth));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Abs(Lanes128 value) =>
        new(
            Vector128.Abs(value._first),
            Vector128.Abs(value._second),
            Vector128.Abs(value._third),
            Vector128.Abs(value._fourth));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 CopySign(Lanes128 magnitude, Lanes128 sign) =>
        new(
            Vector128.ConditionalSelect(Vector128.Create(-0f), sign._first, magnitude._first),
            Vector128.ConditionalSelect(Vector128.Create(-0f), sign._second, magnitude._second),
            Vector128.ConditionalSelect(Vector128.Create(-0f), sign._third, magnitude._third),
            Vector128.ConditionalSelect(Vector128.Create(-0f), sign._fourth, magnitude._fourth));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Sqrt(Lanes128 value) =>
        new(
            Vector128.Sqrt(value._first),
            Vector128.Sqrt(value._second),
            Vector128.Sqrt(value._third),
            Vector128.Sqrt(value._fourth));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 RoundToEven(Lanes128 value) =>
        new(
            Vector128.Round(value._first),
            Vector128.Round(value._second),
            Vector128.Round(value._third),
            Vector128.Round(value._fourth));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ScaleByPowerOfTwo(Lanes128 value, Lanes128 shifted) =>
        new(
            (value._first.AsInt32() + (shifted._first.AsInt32() << 23)).AsSingle(),
            (value._second.AsInt32() + (shifted._second.AsInt32() << 23)).AsSingle(),
            (value._third.AsInt32() + (shifted._third.AsInt32() << 23)).AsSingle(),
            (value._fourth.AsInt32() + (shifted._fourth.AsInt32() << 23)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes128 value) =>
        LaneFold.Sum((value._first + value._third) + (value._second + value._fourth));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxFold(Lanes128 value) =>
        LaneFold.Max(LaneFold.Larger(
            LaneFold.Larger(value._first, value._third),
            LaneFold.Larger(value._second, value._fourth)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MinFold(Lanes128 value) =>
        LaneFold.Min(LaneFold.Smaller(
            LaneFold.Smaller(value._first, value._third),
            LaneFold.Smaller(value._second, value._fourth)));

    /// <summary>The same fused result where no instruction has it; see <see cref="FusedEmulation"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Lanes128 MultiplyAddEmulated(Lanes128 a, Lanes128 b, Lanes128 c)
    {
        Vector128<int> doubtful = Vector128<int>.Zero;
        Vector128<float> first = FusedEmulation.Quick(a._first, b._first, c._first, ref doubtful);
        Vector128<float> second = FusedEmulation.Quick(a._second, b._second, c._second, ref doubtful);
        Vector128<float> third = FusedEmulation.Quick(a._third, b._third, c._third, ref doubtful);
        Vector128<float> fourth = FusedEmulation.Quick(a._fourth, b._fourth, c._fourth, ref doubtful);
        if (doubtful != Vector128<int>.Zero)
        {
            // Vectors by value: references to them would move every accumulator of the caller's loop to memory.
            first = FusedEmulation.Exact(a._first, b._first, c._first);
            second = FusedEmulation.Exact(a._second, b._second, c._second);
            third = FusedEmulation.Exact(a._third, b._third, c._third);
            fourth = FusedEmulation.Exact(a._fourth, b._fourth, c._fourth);
        }

        return new(first, second, third, fourth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Fused(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Fma.IsSupported ? Fma.MultiplyAdd(a, b, c) : AdvSimd.FusedMultiplyAdd(c, a, b);

    // Elsewhere than on x86 the halves are multiplied in 32 bits, sign-extended by shifts.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> AddPairs(Vector128<float> sum, Vector128<float> a, Vector128<float> b)
    {
        if (Sse2.IsSupported)
        {
            return (sum.AsInt32() + Sse2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())).AsSingle();
        }

        Vector128<int> x = a.AsInt32();
        Vector128<int> y = b.AsInt32();
        return (sum.AsInt32() + (((x << 16) >> 16) * ((y << 16) >> 16)) + ((x >> 16) * (y >> 16))).AsSingle();
    }
}
