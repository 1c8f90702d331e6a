namespace QuantGen.TorchSharp.Tests;

/// <summary>Compares tensors by their largest entry.</summary>
internal static class Close
{
    // What rounding leaves of zero.
    private const double RoundingOfZero = 1e-6;

    /// <summary>Gets the largest difference, relative to the largest entry, or to a number that is larger.</summary>
    public static double Distance(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double least = 0)
    {
        double largest = Math.Max(least, RoundingOfZero);
        double difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            double own = Math.Abs((double)expected[i] - actual[i]);
            difference = double.IsNaN(own) ? double.PositiveInfinity : Math.Max(difference, own);
        }

        return difference / largest;
    }

    public static void Assert(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        double distance = Distance(expected, actual);
        Xunit.Assert.True(distance <= tolerance, $"{what} differs by {distance:g3} of its largest entry");
    }
}
