using System.Diagnostics;
using System.Runtime.CompilerServices;

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
    public static bool IsSupported(MultiplyUnit unit) => KernelRegistry.SetOf(unit).IsSupported();

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

        return MultiplyUnits.MultiplyAdds(unit, bits) * UnitRows.Of(unit).Rate();
    }

    /// <summary>Measures steps per second where there are 32 registers, of which some stay free for operands and products.</summary>
    /// <typeparam name="TStep">The step.</typeparam>
    /// <typeparam name="TVector">What an accumulator is.</typeparam>
    public static double Wide<TStep, TVector>()
        where TStep : IMultiplyStep<TVector>
        where TVector : struct => Best(RooflineLoop.Twenty<TStep, TVector>, 20);

    /// <summary>Measures steps per second where there are 16 registers.</summary>
    /// <typeparam name="TStep">The step.</typeparam>
    /// <typeparam name="TVector">What an accumulator is.</typeparam>
    public static double Narrow<TStep, TVector>()
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
