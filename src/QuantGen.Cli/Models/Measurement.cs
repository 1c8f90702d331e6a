using System.Diagnostics;

namespace QuantGen.Cli.Models;

/// <summary>The time of many equal calls of a model.</summary>
/// <param name="MedianMs">Median milliseconds of a call.</param>
/// <param name="P95Ms">The milliseconds that 95% of the calls stay within.</param>
/// <param name="AllocatedBytesPerCall">Bytes allocated on the managed heap, by all threads.</param>
internal sealed record Measurement(double MedianMs, double P95Ms, double AllocatedBytesPerCall)
{
    private const int FewestWarmUps = 5;
    private const int MostWarmUps = 200;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1);

    /// <summary>Measures a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="runs">How often to measure it, after a warm-up that the just-in-time compiler needs.</param>
    /// <param name="cancellation">Stops between two calls.</param>
    public static Measurement Take(PreparedCall call, int runs, CancellationToken cancellation)
    {
        void Call()
        {
            cancellation.ThrowIfCancellationRequested();
            call.Run();
        }

        var warmUp = Stopwatch.StartNew();
        for (int i = 0; i < FewestWarmUps || (i < MostWarmUps && warmUp.Elapsed < s_warmUp); i++)
        {
            Call();
        }

        double[] milliseconds = new double[runs];
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Call();
            milliseconds[i] = (Stopwatch.GetTimestamp() - start) * 1000.0 / Stopwatch.Frequency;
        }

        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Array.Sort(milliseconds);
        return new Measurement(Median(milliseconds), milliseconds[(int)Math.Ceiling(0.95 * runs) - 1], (double)allocated / runs);
    }

    private static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
