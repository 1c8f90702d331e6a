using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QuantGen.Lanes;

/// <summary>The last levels of the fixed fold tree: eight lanes, then four, two and one.</summary>
internal static class LaneFold
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> lanes) => Sum(lanes.GetLower() + lanes.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> lanes)
    {
        lanes += Vector128.Shuffle(lanes, Vector128.Create(2, 3, 2, 3));
        return lanes.ToScalar() + lanes.GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector256<float> lanes) => Max(Larger(lanes.GetLower(), lanes.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector128<float> lanes)
    {
        lanes = Larger(lanes, Vector128.Shuffle(lanes, Vector128.Create(2, 3, 2, 3)));
        return Larger(lanes, Vector128.Shuffle(lanes, Vector128.Create(1, 1, 1, 1))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Min(Vector256<float> lanes) => Min(Smaller(lanes.GetLower(), lanes.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Min(Vector128<float> lanes)
    {
        lanes = Smaller(lanes, Vector128.Shuffle(lanes, Vector128.Create(2, 3, 2, 3)));
        return Smaller(lanes, Vector128.Shuffle(lanes, Vector128.Create(1, 1, 1, 1))).ToScalar();
    }

    // The x86 instructions are exactly `left > right ? left : right`; the portable Vector128.Max treats NaN and zeros differently.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Larger(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.Max(left, right) : Vector128.ConditionalSelect(Vector128.GreaterThan(left, right), left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Smaller(Vector128<float> left, Vector128<float> right) =>
        Sse.IsSupported ? Sse.Min(left, right) : Vector128.ConditionalSelect(Vector128.LessThan(left, right), left, right);
}
