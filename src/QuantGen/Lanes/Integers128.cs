using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QuantGen.Lanes;

/// <summary>Four integers in one 128-bit register (any processor with vectors).</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Integers128 : IIntegerLanes<Integers128>
{
    private readonly Vector128<int> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Integers128(Vector128<int> value) => _value = value;

    /// <inheritdoc/>
    public static int Count => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers128 operator +(Integers128 left, Integers128 right) => new(left._value + right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers128 operator -(Integers128 left, Integers128 right) => new(left._value - right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers128 operator *(Integers128 left, Integers128 right) => new(left._value * right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers128 Broadcast(int value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers128 Load(ref int source, nuint offset) => new(Vector128.LoadUnsafe(ref source, offset));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers128 LoadBytes(ref byte source, nuint offset) =>
        new(Vector128.WidenLower(Vector128.WidenLower(
            Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref source, offset))).AsByte()).AsInt16()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Integers128 value, ref int destination, nuint offset) => value._value.StoreUnsafe(ref destination, offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Integers128 value, ref byte destination, nuint offset) =>
        Unsafe.WriteUnaligned(
            ref Unsafe.Add(ref destination, offset),
            Vector128.Narrow(Vector128.Narrow(value._value, Vector128<int>.Zero), Vector128<short>.Zero).AsUInt32().ToScalar());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShorts(Integers128 value, ref short destination, nuint offset) =>
        Unsafe.WriteUnaligned(
            ref Unsafe.As<short, byte>(ref Unsafe.Add(ref destination, offset)),
            Vector128.Narrow(value._value, Vector128<int>.Zero).AsUInt64().ToScalar());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers128 Min(Integers128 left, Integers128 right) => new(Vector128.Min(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers128 Max(Integers128 left, Integers128 right) => new(Vector128.Max(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers128 Abs(Integers128 value) => new(Vector128.Abs(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers128 ShiftRight(Integers128 value, int count) => new(value._value >> count);

    /// <inheritdoc/>
    /// <remarks>One halving of the count after the other: 128-bit vectors of x86 have no count for each lane.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers128 ShiftRightEach(Integers128 value, Integers128 counts)
    {
        Vector128<int> shifted = value._value;
        for (int bit = 1; bit < 32; bit *= 2)
        {
            Vector128<int> applies = Vector128.Equals(counts._value & Vector128.Create(bit), Vector128.Create(bit));
            shifted = Vector128.ConditionalSelect(applies, shifted >>> bit, shifted);
        }

        return new(shifted);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers128 Scale(Integers128 value, Integers128 multiplier, long summand, int shift)
    {
        Vector128<long> all = Vector128.Create(summand);
        return new(WideProducts.Scale(value._value, multiplier._value, WideProducts.Odd(multiplier._value), all, all, shift));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Sum(Integers128 value) =>
        Vector128.Sum(Vector128.WidenLower(value._value) + Vector128.WidenUpper(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Largest(Integers128 value)
    {
        return Largest(value._value);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static long SumOfProducts(ref int a, ref int b, nuint count)
    {
        Vector128<long> even = Vector128<long>.Zero;
        Vector128<long> odd = even;
        for (nuint i = 0; i < count; i += (nuint)Count)
        {
            Vector128<int> x = Vector128.LoadUnsafe(ref a, i);
            Vector128<int> y = Vector128.LoadUnsafe(ref b, i);
            even += WideProducts.Even(x, y);
            odd += WideProducts.Even(WideProducts.Odd(x), WideProducts.Odd(y));
        }

        return Vector128.Sum(even + odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Largest(Vector128<int> value)
    {
        value = Vector128.Max(value, Vector128.Shuffle(value, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(value, Vector128.Shuffle(value, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
