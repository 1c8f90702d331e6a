namespace QuantGen.Schemes;

/// <summary>The table of activation sides.</summary>
public static class ActivationSides
{
    private static readonly int[] s_codes = { 2, 3, 4, 5, 6, 7, 8 };

    private static readonly int[] s_oneBit = { 1 };

    // Codes of one bit need a scale, and no token's own range gives one.
    private static readonly int[] s_storedCodes = { 1, 2, 3, 4, 5, 6, 7, 8 };

    /// <summary>Gets the rows.</summary>
    public static IReadOnlyList<ActivationTraits> All { get; } = new[]
    {
        new ActivationTraits { Side = ActivationSide.None, Name = "none", Bits = new[] { Defaults.FullPrecisionBits } },
        new ActivationTraits { Side = ActivationSide.PerToken, Name = "per-token", Bits = s_codes },
        new ActivationTraits { Side = ActivationSide.Static, Name = "static", Bits = s_storedCodes, IsStored = true },
        new ActivationTraits { Side = ActivationSide.Learned, Name = "learned", Bits = s_codes, IsStored = true, IsLearned = true },
        new ActivationTraits { Side = ActivationSide.Elastic, Name = "elastic", Bits = s_oneBit, IsStored = true, IsLearned = true },
    };

    /// <summary>Gets the bits that any side allows, ascending; the last is the 32 of full precision.</summary>
    public static IReadOnlyList<int> Bits { get; } = All.SelectMany(row => row.Bits).Distinct().OrderBy(b => b).ToArray();

    /// <summary>Gets the bits of what attention multiplies, ascending; the last is the 32 of full precision.</summary>
    public static IReadOnlyList<int> AttentionBits { get; } = Bits.Where(b => b > 1).ToArray();

    /// <summary>Gets the row of a side.</summary>
    /// <param name="side">A defined member.</param>
    public static ActivationTraits Of(ActivationSide side) => All.First(row => row.Side == side);

    /// <summary>Gets how activations meet a matrix in inference and in the file; training may learn what is static here.</summary>
    /// <param name="weights">How the weights are stored.</param>
    /// <param name="range">Where ranges of the model's activations come from.</param>
    public static ActivationSide Of(Storage weights, ActivationRange range) => weights is Storage.Codebook or Storage.FullPrecision ? ActivationSide.None
        : range == ActivationRange.PerToken ? ActivationSide.PerToken
        : ActivationSide.Static;

    /// <summary>Gets how training gives codes to activations.</summary>
    /// <param name="isStored">Whether the file has a range for the place.</param>
    /// <param name="bits">Bits of a code.</param>
    /// <param name="weights">The scheme of the weights that read them.</param>
    public static ActivationSide InTraining(bool isStored, int bits, SchemeTraits weights) => !isStored ? ActivationSide.PerToken
        : bits == 1 ? ActivationSide.Elastic
        : weights.Learns is LearnedPart.Thresholds or LearnedPart.Ranges ? ActivationSide.Learned
        : ActivationSide.Static;
}
