using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QuantGen.Lanes;

/// <summary>Sixteen integers in one 512-bit register (x86 with AVX-512F, BW).</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Integers512 : IIntegerLanes<Integers512>
{
    private readonly Vector512<int> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Integers512(Vector512<int> value) => _value = value;

    /// <inheritdoc/>
    public static int Count => 16;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers512 operator +(Integers512 left, Integers512 right) => new(left._value + right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers512 operator -(Integers512 left, Integers512 right) => new(left._value - right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers512 operator *(Integers512 left, Integers512 right) => new(left._value * right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers512 Broadcast(int value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers512 Load(ref int source, nuint offset) => new(Vector512.LoadUnsafe(ref source, offset));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers512 LoadBytes(ref byte source, nuint offset) =>
        new(Avx512F.ConvertToVector512Int32(Vector128.LoadUnsafe(ref source, offset)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Integers512 value, ref int destination, nuint offset) => value._value.StoreUnsafe(ref destination, offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Integers512 value, ref byte destination, nuint offset) =>
        Avx512F.ConvertToVector128Byte(value._value).StoreUnsafe(ref destination, offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShorts(Integers512 value, ref short destination, nuint offset) =>
        Avx512F.ConvertToVector256Int16(value._value).StoreUnsafe(ref destination, offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers512 Min(Integers512 left, Integers512 right) => new(Vector512.Min(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers512 Max(Integers512 left, Integers512 right) => new(Vector512.Max(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers512 Abs(Integers512 value) => new(Vector512.Abs(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers512 ShiftRight(Integers512 value, int count) => new(value._value >> count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers512 ShiftRightEach(Integers512 value, Integers512 counts) =>
        new(Avx512F.ShiftRightLogicalVariable(value._value, counts._value.AsUInt32()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers512 Scale(Integers512 value, Integers512 multiplier, long summand, int shift)
    {
        Vector512<long> all = Vector512.Create(summand);
        return new(WideProducts.Scale(value._value, multiplier._value, WideProducts.Odd(multiplier._value), all, all, shift));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Sum(Integers512 value) =>
        Vector512.Sum(Vector512.WidenLower(value._value) + Vector512.WidenUpper(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Largest(Integers512 value)
    {
        Vector256<int> half = Vector256.Max(value._value.GetLower(), value._value.GetUpper());
        return Integers256.Largest(half);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static long SumOfProducts(ref int a, ref int b, nuint count)
    {
        Vector512<long> even = Vector512<long>.Zero;
        Vector512<long> odd = even;
        for (nuint i = 0; i < count; i += (nuint)Count)
        {
            Vector512<int> x = Vector512.LoadUnsafe(ref a, i);
            Vector512<int> y = Vector512.LoadUnsafe(ref b, i);
            even += WideProducts.Even(x, y);
            odd += WideProducts.Even(WideProducts.Odd(x), WideProducts.Odd(y));
        }

        return Vector512.Sum(even + odd);
    }
}
