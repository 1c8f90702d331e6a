using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QuantGen.Lanes;

/// <summary>Products of 64 bits of 32-bit lanes, and how they are brought back to 32 bits. Called by generated kernels.</summary>
/// <remarks>Processors multiply the even lanes of two vectors; odd ones are shifted to their places first.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class WideProducts
{
    /// <summary>Gets where the summand of a row stands among those of 16 rows: even rows come first, so that a vector of any width reads two runs.</summary>
    /// <param name="row">The row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Place(int row) => (row & ~15) + ((row & 15) >> 1) + ((row & 1) << 3);

    /// <summary>Gets a place among summands of 64 bits.</summary>
    /// <param name="summands">The first, as the memory it stands in is known by.</param>
    /// <param name="index">How many to skip.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref long At(ref float summands, int index) => ref Unsafe.Add(ref Unsafe.As<float, long>(ref summands), index);

    /// <summary>Moves odd lanes to even places.</summary>
    /// <param name="value">The lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Odd(Vector512<int> value) => (value.AsInt64() >>> 32).AsInt32();

    /// <summary>Moves odd lanes to even places.</summary>
    /// <param name="value">The lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Odd(Vector256<int> value) => (value.AsInt64() >>> 32).AsInt32();

    /// <summary>Moves odd lanes to even places.</summary>
    /// <param name="value">The lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Odd(Vector128<int> value) => (value.AsInt64() >>> 32).AsInt32();

    /// <summary>Multiplies even lanes.</summary>
    /// <param name="a">The first factors.</param>
    /// <param name="b">The second factors.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Even(Vector512<int> a, Vector512<int> b) => Avx512F.Multiply(a, b);

    /// <summary>Multiplies even lanes.</summary>
    /// <param name="a">The first factors.</param>
    /// <param name="b">The second factors.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Even(Vector256<int> a, Vector256<int> b) => Avx2.Multiply(a, b);

    /// <summary>Multiplies even lanes.</summary>
    /// <param name="a">The first factors.</param>
    /// <param name="b">The second factors.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Even(Vector128<int> a, Vector128<int> b) => Sse41.IsSupported
        ? Sse41.Multiply(a, b)
        : Vector128.Create((long)a.GetElement(0) * b.GetElement(0), (long)a.GetElement(2) * b.GetElement(2));

    /// <summary>Computes the low 32 bits of <c>(value * multiplier + summand) >> shift</c>.</summary>
    /// <param name="value">The values.</param>
    /// <param name="multiplier">Factors.</param>
    /// <param name="odd">Odd factors at even places.</param>
    /// <param name="even">Summands of even lanes.</param>
    /// <param name="uneven">Summands of odd lanes.</param>
    /// <param name="shift">1 to 32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Scale(
        Vector512<int> value, Vector512<int> multiplier, Vector512<int> odd, Vector512<long> even, Vector512<long> uneven, int shift)
    {
        Vector512<long> low = (Even(value, multiplier) + even) >>> shift;
        Vector512<long> high = (Even(Odd(value), odd) + uneven) << (32 - shift);
        return Vector512.ConditionalSelect(Vector512.Create(0xFFFFFFFFL).AsInt32(), low.AsInt32(), high.AsInt32());
    }

    /// <summary>Computes the low 32 bits of <c>(value * multiplier + summand) >> shift</c>.</summary>
    /// <param name="value">The values.</param>
    /// <param name="multiplier">Factors.</param>
    /// <param name="odd">Odd factors at even places.</param>
    /// <param name="even">Summands of even lanes.</param>
    /// <param name="uneven">Summands of odd lanes.</param>
    /// <param name="shift">1 to 32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Scale(
        Vector256<int> value, Vector256<int> multiplier, Vector256<int> odd, Vector256<long> even, Vector256<long> uneven, int shift)
    {
        Vector256<long> low = (Even(value, multiplier) + even) >>> shift;
        Vector256<long> high = (Even(Odd(value), odd) + uneven) << (32 - shift);
        return Avx2.Blend(low.AsInt32(), high.AsInt32(), 0xAA);
    }

    /// <summary>Computes the low 32 bits of <c>(value * multiplier + summand) >> shift</c>.</summary>
    /// <param name="value">The values.</param>
    /// <param name="multiplier">Factors.</param>
    /// <param name="odd">Odd factors at even places.</param>
    /// <param name="even">Summands of even lanes.</param>
    /// <param name="uneven">Summands of odd lanes.</param>
    /// <param name="shift">1 to 32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Scale(
        Vector128<int> value, Vector128<int> multiplier, Vector128<int> odd, Vector128<long> even, Vector128<long> uneven, int shift)
    {
        Vector128<long> low = (Even(value, multiplier) + even) >>> shift;
        Vector128<long> high = (Even(Odd(value), odd) + uneven) << (32 - shift);
        return Vector128.ConditionalSelect(Vector128.Create(0xFFFFFFFFL).AsInt32(), low.AsInt32(), high.AsInt32());
    }
}
