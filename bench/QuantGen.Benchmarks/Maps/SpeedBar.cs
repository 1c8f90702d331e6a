namespace QuantGen.Benchmarks.Maps;

/// <summary>The speeds that linear maps with cold weights are to reach on one thread, on a processor with AVX-512.</summary>
internal static class SpeedBar
{
    /// <summary>Gets the bar in 10^9 multiply-adds per second; null where none is set.</summary>
    public static double? Gmacs(int bits, int tokens) => (tokens, bits) switch
    {
        (128, 1) => 650,
        (128, 2) => 350,
        (128, 4) => 310,
        (128, 8) => 215,
        (16, 2) => 300,
        _ => null,
    };
}
