using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QuantGen.Lanes;

/// <summary>Eight integers in one 256-bit register (x86 with AVX2).</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Integers256 : IIntegerLanes<Integers256>
{
    private readonly Vector256<int> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Integers256(Vector256<int> value) => _value = value;

    /// <inheritdoc/>
    public static int Count => 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers256 operator +(Integers256 left, Integers256 right) => new(left._value + right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers256 operator -(Integers256 left, Integers256 right) => new(left._value - right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers256 operator *(Integers256 left, Integers256 right) => new(left._value * right._value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers256 Broadcast(int value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers256 Load(ref int source, nuint offset) => new(Vector256.LoadUnsafe(ref source, offset));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers256 LoadBytes(ref byte source, nuint offset) =>
        new(Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, offset))).AsByte()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Integers256 value, ref int destination, nuint offset) => value._value.StoreUnsafe(ref destination, offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Integers256 value, ref byte destination, nuint offset) =>
        Unsafe.WriteUnaligned(
            ref Unsafe.Add(ref destination, offset), Vector128.Narrow(Narrow(value), Vector128<short>.Zero).AsUInt64().ToScalar());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShorts(Integers256 value, ref short destination, nuint offset) =>
        Narrow(value).StoreUnsafe(ref destination, offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers256 Min(Integers256 left, Integers256 right) => new(Vector256.Min(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers256 Max(Integers256 left, Integers256 right) => new(Vector256.Max(left._value, right._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers256 Abs(Integers256 value) => new(Vector256.Abs(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers256 ShiftRight(Integers256 value, int count) => new(value._value >> count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers256 ShiftRightEach(Integers256 value, Integers256 counts) =>
        new(Avx2.ShiftRightLogicalVariable(value._value, counts._value.AsUInt32()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Integers256 Scale(Integers256 value, Integers256 multiplier, long summand, int shift)
    {
        Vector256<long> all = Vector256.Create(summand);
        return new(WideProducts.Scale(value._value, multiplier._value, WideProducts.Odd(multiplier._value), all, all, shift));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Sum(Integers256 value) =>
        Vector256.Sum(Vector256.WidenLower(value._value) + Vector256.WidenUpper(value._value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Largest(Integers256 value)
    {
        return Largest(value._value);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static long SumOfProducts(ref int a, ref int b, nuint count)
    {
        Vector256<long> even = Vector256<long>.Zero;
        Vector256<long> odd = even;
        for (nuint i = 0; i < count; i += (nuint)Count)
        {
            Vector256<int> x = Vector256.LoadUnsafe(ref a, i);
            Vector256<int> y = Vector256.LoadUnsafe(ref b, i);
            even += WideProducts.Even(x, y);
            odd += WideProducts.Even(WideProducts.Odd(x), WideProducts.Odd(y));
        }

        return Vector256.Sum(even + odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Largest(Vector256<int> value) => Integers128.Largest(Vector128.Max(value.GetLower(), value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Narrow(Integers256 value) => Vector128.Narrow(value._value.GetLower(), value._value.GetUpper());
}
