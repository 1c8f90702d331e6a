namespace QuantGen.Cli.Measuring;

/// <summary>The time of a workload that was repeated many times.</summary>
/// <param name="MedianMs">Median milliseconds of one run.</param>
/// <param name="P95Ms">The milliseconds that 95% of the runs stay within.</param>
/// <param name="AllocatedBytesPerCall">Bytes allocated on the managed heap, by all threads.</param>
internal sealed record Measurement(double MedianMs, double P95Ms, double AllocatedBytesPerCall)
{
    /// <summary>Measures a workload.</summary>
    /// <param name="workload">What is measured.</param>
    /// <param name="runs">How often, after a warm-up.</param>
    /// <param name="cancellation">Stops between two calls.</param>
    public static Measurement Take(Workload workload, int runs, CancellationToken cancellation)
    {
        workload.WarmUp(cancellation);
        double[] milliseconds = new double[runs];
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < runs; i++)
        {
            milliseconds[i] = workload.RunOnce(cancellation);
        }

        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Array.Sort(milliseconds);
        double perCall = (double)allocated / runs / workload.Calls;
        return new Measurement(Median(milliseconds), milliseconds[(int)Math.Ceiling(0.95 * runs) - 1], perCall);
    }

    /// <summary>Gets the median of times in ascending order.</summary>
    public static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
