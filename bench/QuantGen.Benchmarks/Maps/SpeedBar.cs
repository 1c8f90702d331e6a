namespace QuantGen.Benchmarks.Maps;

/// <summary>The speeds that linear maps with cold weights are to reach on one thread, on a processor with AVX-512.</summary>
internal static class SpeedBar
{
    /// <summary>Gets the bar in 10^9 multiply-adds per second; null where none is set.</summary>
    /// <param name="bits">Bits of a weight.</param>
    /// <param name="activationBits">Bits of an activation.</param>
    /// <param name="tokens">Tokens of a pass.</param>
    public static double? Gmacs(int bits, int activationBits, int tokens) => (tokens, bits, activationBits) switch
    {
        (128, 1, 1) => 1200,
        (128, 1, 8) => 650,
        (128, 2, 8) => 350,
        (128, 4, 8) => 310,
        (128, 8, 8) => 215,
        (16, 2, 8) => 300,
        _ => null,
    };
}
