using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using QuantGen.Lanes;

namespace QuantGen.Linear;

/// <summary>Measures how many multiply-adds one thread of this machine can do at most: a kernel's multiply instructions alone, on registers.</summary>
/// <remarks>
/// The ceiling of the roofline model (Williams, Waterman and Patterson, 2009): no loads, no unpacking of codes, no widening of sums, and enough independent
/// accumulators that throughput counts and latency does not. What a kernel loses against it is what can be gained at most.
/// </remarks>
internal static class Roofline
{
    private const int Laps = 9;
    private const double LapSeconds = 0.005;

    // What loops compute goes here, so that none of it can be left out.
    private static int s_consumed;

    /// <summary>Gets whether this machine has the instructions of a unit.</summary>
    /// <param name="unit">The unit.</param>
    public static bool IsSupported(MultiplyUnit unit) => unit switch
    {
        MultiplyUnit.Pairs512 or MultiplyUnit.ClippedPairs512 or MultiplyUnit.ClippedQuads512 or MultiplyUnit.WidePairs512 or MultiplyUnit.LookUp512
            => Avx512BW.IsSupported,
        MultiplyUnit.Pairs256 or MultiplyUnit.ClippedPairs256 or MultiplyUnit.ClippedQuads256 or MultiplyUnit.WidePairs256 or MultiplyUnit.LookUp256
            or MultiplyUnit.Differences256
            => Avx2.IsSupported,
        MultiplyUnit.Quads256 => AvxVnni.IsSupported,
        MultiplyUnit.Differences512 => Avx512Vbmi.IsSupported,
        MultiplyUnit.Fused512 => LanesChoice.Use512,
        MultiplyUnit.Fused256 => LanesChoice.Use256,
        MultiplyUnit.Products128 or MultiplyUnit.Differences128 or MultiplyUnit.Fused128 => Vector128.IsHardwareAccelerated,
        _ => true,
    };

    /// <summary>Measures a unit: the best of several laps of about 5 ms, on the calling thread.</summary>
    /// <param name="unit">A unit that this machine has.</param>
    /// <param name="bits">Bits of a weight, which only look-ups depend on.</param>
    /// <returns>Multiply-adds per second.</returns>
    /// <exception cref="PlatformNotSupportedException">This machine does not have it.</exception>
    public static double Measure(MultiplyUnit unit, int bits)
    {
        if (!IsSupported(unit))
        {
            throw new PlatformNotSupportedException($"this machine has no instructions for {unit}");
        }

        return MultiplyUnits.MultiplyAdds(unit, bits) * unit switch
        {
            MultiplyUnit.Pairs512 => Wide<MultiplySteps.Pairs512, Vector512<short>>(),
            MultiplyUnit.ClippedQuads512 => Wide<MultiplySteps.ClippedQuads512, Vector512<int>>(),
            MultiplyUnit.ClippedPairs512 => Wide<MultiplySteps.ClippedPairs512, Vector512<int>>(),
            MultiplyUnit.WidePairs512 => Wide<MultiplySteps.WidePairs512, Vector512<int>>(),
            MultiplyUnit.LookUp512 => Wide<MultiplySteps.LookUp512, Vector512<ushort>>(),
            MultiplyUnit.Differences512 => Wide<MultiplySteps.Differences512, Vector512<byte>>(),
            MultiplyUnit.Fused512 => Wide<MultiplySteps.Fused512, Vector512<float>>(),
            MultiplyUnit.Pairs256 => Narrow<MultiplySteps.Pairs256, Vector256<short>>(),
            MultiplyUnit.ClippedQuads256 => Narrow<MultiplySteps.ClippedQuads256, Vector256<int>>(),
            MultiplyUnit.ClippedPairs256 => Narrow<MultiplySteps.ClippedPairs256, Vector256<int>>(),
            MultiplyUnit.WidePairs256 => Narrow<MultiplySteps.WidePairs256, Vector256<int>>(),
            MultiplyUnit.Quads256 => Narrow<MultiplySteps.Quads256, Vector256<int>>(),
            MultiplyUnit.LookUp256 => Narrow<MultiplySteps.LookUp256, Vector256<byte>>(),
            MultiplyUnit.Differences256 => Narrow<MultiplySteps.LookUp256, Vector256<byte>>(),
            MultiplyUnit.Differences128 => Narrow<MultiplySteps.Differences128, Vector128<byte>>(),
            MultiplyUnit.DifferencesScalar => Narrow<MultiplySteps.DifferencesScalar, ulong>(),
            MultiplyUnit.Fused256 => Narrow<MultiplySteps.Fused256, Vector256<float>>(),
            MultiplyUnit.Products128 => Narrow<MultiplySteps.Products128, Vector128<short>>(),
            MultiplyUnit.Fused128 => Narrow<MultiplySteps.Fused128, Vector128<float>>(),
            MultiplyUnit.ProductsScalar => Narrow<MultiplySteps.ProductsScalar, int>(),
            _ => Narrow<MultiplySteps.FusedScalar, float>(),
        };
    }

    // Of the 32 registers of AVX-512 and the 16 of everything else some stay free for operands and products.
    private static double Wide<TStep, TVector>()
        where TStep : IMultiplyStep<TVector>
        where TVector : struct => Best(RooflineLoop.Twenty<TStep, TVector>, 20);

    private static double Narrow<TStep, TVector>()
        where TStep : IMultiplyStep<TVector>
        where TVector : struct => Best(RooflineLoop.Twelve<TStep, TVector>, 12);

    // Instructions per second.
    private static double Best(Func<int, int> loop, int steps)
    {
        int rounds = 1 << 12;
        double seconds;
        while ((seconds = Seconds(loop, rounds)) < LapSeconds && rounds < 1 << 29)
        {
            rounds *= 2;
        }

        double best = seconds;
        for (int lap = 1; lap < Laps; lap++)
        {
            best = Math.Min(best, Seconds(loop, rounds));
        }

        return (double)rounds * steps / best;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Seconds(Func<int, int> loop, int rounds)
    {
        long start = Stopwatch.GetTimestamp();
        Volatile.Write(ref s_consumed, loop(rounds));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
