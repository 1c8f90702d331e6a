using System.Globalization;
using QuantGen.Schemes;
using QuantGen.Specs;

namespace QuantGen.Cli.Options;

/// <summary>The bits that options take: those that any scheme allows. Which go together is for the rules of a model.</summary>
internal static class LegalBits
{
    private static readonly StorageTraits[] s_storages = [StorageTraits.Of(Storage.Uniform), StorageTraits.Of(Storage.Codebook)];

    /// <summary>Gets the bits of weights.</summary>
    public static int[] OfWeights { get; } = Join(storage => storage.Bits);

    /// <summary>Gets the bits of word embeddings.</summary>
    public static int[] OfEmbeddings { get; } = Join(storage => storage.EmbeddingBits);

    /// <summary>Gets the bits of embeddings of positions and token types.</summary>
    public static int[] OfPositions { get; } = [.. SpecOptions.LegalPositionBits];

    /// <summary>Gets the bits of activations.</summary>
    public static int[] OfActivations { get; } = [.. ActivationSides.Bits];

    /// <summary>Gets the bits of attention's operands.</summary>
    public static int[] OfAttention { get; } = [.. ActivationSides.AttentionBits];

    /// <summary>Gets the help of the option for a word embedding's bits.</summary>
    public static string EmbeddingHelp { get; } =
        $"Bits of the word embedding; {Describe(storage => storage.EmbeddingBits)}. [default: 8; those of --bits with a codebook or when they are 32]";

    /// <summary>Gets the help of the option for the bits of embeddings of positions and token types.</summary>
    public static string PositionHelp { get; } =
        $"Bits of the embeddings of positions and token types: 8, with a scale for each row, or 32. [default: {new SpecOptions().PositionBits}]";

    /// <summary>Says which bits a storage has.</summary>
    /// <param name="bits">Bits of weights or of embeddings.</param>
    public static string Describe(Func<StorageTraits, IReadOnlyList<int>> bits) =>
        $"{List(bits(s_storages[0]))} as even steps, {List(bits(s_storages[1]))} with a codebook";

    // The last is the 32 of full precision.
    private static string List(IReadOnlyList<int> bits)
    {
        string[] quantized = [.. bits.SkipLast(1).Select(b => b.ToString(CultureInfo.InvariantCulture))];
        return quantized.Length > 2 && bits[^2] - bits[0] == quantized.Length - 1 ? $"{quantized[0]} to {quantized[^1]}" : string.Join(", ", quantized);
    }

    private static int[] Join(Func<StorageTraits, IReadOnlyList<int>> bits) => [.. s_storages.SelectMany(bits).Distinct().Order()];
}
