using QuantGen.Quantization;
using QuantGen.Tokenization;

namespace QuantGen.Training.Batching;

/// <summary>
/// Chooses the tokens that an evaluation of a masked language model hides: by seed, text and place only, so the same for every model with a tokenizer.
/// </summary>
public static class HiddenTokens
{
    /// <summary>The share of tokens that are hidden; of a text with fewer, one.</summary>
    public const double Share = 0.15;

    /// <summary>The seed when nothing else is said.</summary>
    public const ulong DefaultSeed = 42;

    /// <summary>Lists the places of a text to hide, ascending; none where a text has special tokens only.</summary>
    /// <param name="ids">The text's tokens.</param>
    /// <param name="tokenizer">Says which are special.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="text">The text's index.</param>
    public static IReadOnlyList<int> Choose(ReadOnlySpan<int> ids, BertTokenizer tokenizer, ulong seed, int text)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ulong own = CounterRandom.Bits(seed, (ulong)text);
        var draws = new List<(int Place, double Draw)>();
        for (int place = 0; place < ids.Length; place++)
        {
            if (!IsSpecial(ids[place], tokenizer))
            {
                draws.Add((place, CounterRandom.Uniform(own, (ulong)place)));
            }
        }

        double most = draws.Count == 0 ? 0 : Math.Max(Share, Math.BitIncrement(draws.Min(draw => draw.Draw)));
        return [.. draws.Where(draw => draw.Draw < most).Select(draw => draw.Place)];
    }

    internal static bool IsSpecial(int id, BertTokenizer tokenizer) =>
        id == tokenizer.ClassifyId || id == tokenizer.SeparatorId || id == tokenizer.MaskId || id == tokenizer.PadId;
}
