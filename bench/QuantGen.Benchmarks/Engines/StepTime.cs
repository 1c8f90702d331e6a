using System.Diagnostics;

namespace QuantGen.Benchmarks.Engines;

/// <summary>Where the time of a step went, in milliseconds.</summary>
/// <param name="Forward">The forward pass.</param>
/// <param name="Backward">The gradients of the loss and the backward pass.</param>
/// <param name="Optimizer">What the optimizer took, which is the same code for all engines.</param>
/// <param name="Processor">What the whole step took of processors: all threads, and no time in which other programs had them.</param>
internal readonly record struct StepTime(double Forward, double Backward, double Optimizer, double Processor)
{
    public double Passes => Forward + Backward;

    public double Step => Passes + Optimizer;

    /// <summary>Returns the time since a timestamp, and moves it to now.</summary>
    public static double Lap(ref long timestamp)
    {
        long now = Stopwatch.GetTimestamp();
        double milliseconds = Stopwatch.GetElapsedTime(timestamp, now).TotalMilliseconds;
        timestamp = now;
        return milliseconds;
    }
}
