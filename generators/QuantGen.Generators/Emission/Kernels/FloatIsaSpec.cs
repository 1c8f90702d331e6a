namespace QuantGen.Generators.Emission.Kernels;

/// <summary>An instruction set as the full-precision emitter sees it.</summary>
/// <param name="Name">Start of the emitted structs' names.</param>
/// <param name="Title">What users are shown.</param>
/// <param name="Unit">The <c>MultiplyUnit</c> of its multiply-add.</param>
/// <param name="Condition">The test that selects it; empty for the last resort.</param>
/// <param name="Type">The vector type.</param>
/// <param name="Factory">The static class that loads and broadcasts it.</param>
/// <param name="Load">The method that loads one.</param>
/// <param name="Broadcast">The method that repeats a number.</param>
/// <param name="Lanes">Floats of a vector.</param>
/// <param name="Tokens">Tokens of a tile.</param>
/// <param name="WideVectors">Vectors of the wide tile.</param>
/// <param name="NarrowVectors">Vectors of the tile for sixteen outputs.</param>
internal sealed record FloatIsaSpec(
    string Name,
    string Title,
    string Unit,
    string Condition,
    string Type,
    string Factory,
    string Load,
    string Broadcast,
    int Lanes,
    int Tokens,
    int WideVectors,
    int NarrowVectors)
{
    /// <summary>Gets the instruction sets, best first. Tiles fill the registers: accumulators, a row of weights and one broadcast.</summary>
    public static IReadOnlyList<FloatIsaSpec> All { get; } = new[]
    {
        new FloatIsaSpec("Float512", "AVX-512", "Fused512", "LanesChoice.Use512", "Vector512<float>", "Vector512", "LoadUnsafe", "Create", 16, 6, 4, 1),
        new FloatIsaSpec("Float256", "AVX2", "Fused256", "LanesChoice.Use256", "Vector256<float>", "Vector256", "LoadUnsafe", "Create", 8, 6, 2, 2),
        new FloatIsaSpec("Float128", "128-bit", "Fused128", "LanesChoice.Use128", "Lanes128", "Lanes128", "Load", "Broadcast", 16, 2, 1, 1),
        new FloatIsaSpec("FloatScalar", "scalar", "FusedScalar", string.Empty, "LanesScalar", "LanesScalar", "Load", "Broadcast", 16, 2, 1, 1),
    };

    /// <summary>Gets the statement that adds a product with a single rounding; lanes emulate it where the processor cannot.</summary>
    public string MultiplyAdd(string sum, string x, string weights) => Factory.StartsWith("Vector", StringComparison.Ordinal)
        ? $"{sum} = {Factory}.FusedMultiplyAdd({x}, {weights}, {sum});"
        : $"{Factory}.Accumulate(ref {sum}, {x}, {weights});";

    /// <summary>Gets the statement that stores a vector. A call here would make the accumulators live across it, and no register survives a call.</summary>
    public string Store(string value, string target) => Factory.StartsWith("Vector", StringComparison.Ordinal)
        ? $"({value}).StoreUnsafe({target});"
        : $"{Factory}.Store({value}, {target}, 0);";
}
