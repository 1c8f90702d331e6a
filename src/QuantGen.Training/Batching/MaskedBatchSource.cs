using QuantGen.Tokenization;
using QuantGen.Training.Randomness;

namespace QuantGen.Training.Batching;

/// <summary>
/// Hides tokens for a masked language model to find, others in every epoch (Devlin et al., 2019, section 3.1; dynamic masking: Liu et al., 2019, section 4.1).
/// </summary>
/// <remarks>
/// Of 15% of the tokens, special ones excepted, 80% become the mask, 10% a random piece and 10% stay. Which ones depends on the seed, the epoch and the
/// example only. A sequence has at least one.
/// </remarks>
public sealed class MaskedBatchSource : MaskingBatchSource
{
    private const double Masked = 0.8;
    private const double Replaced = 0.9;

    /// <summary>Creates a source.</summary>
    /// <param name="examples">All examples; at least one.</param>
    /// <param name="tokenizer">The tokenizer that made them; its vocabulary has a mask.</param>
    /// <param name="batchSize">Examples of a step.</param>
    /// <param name="seed">What the order and the masks depend on.</param>
    /// <exception cref="ArgumentException">The vocabulary has no mask.</exception>
    public MaskedBatchSource(IReadOnlyList<Example> examples, BertTokenizer tokenizer, int batchSize, ulong seed)
        : base(examples, tokenizer, batchSize, seed)
    {
    }

    /// <summary>Gets the share of tokens to be found. Default 0.15.</summary>
    public double Share { get; init; } = 0.15;

    /// <inheritdoc/>
    protected override IReadOnlyList<int> Hide(Span<int> ids, int row, int epoch)
    {
        var random = new RandomSequence(Seed, RandomPlace.Masking, (ulong)epoch, (ulong)row);
        var candidates = new List<int>();
        var chosen = new List<int>();
        for (int token = 0; token < ids.Length; token++)
        {
            if (!HiddenTokens.IsSpecial(ids[token], Tokenizer))
            {
                candidates.Add(token);
                if (random.Unit() < Share)
                {
                    chosen.Add(token);
                }
            }
        }

        if (chosen.Count == 0 && candidates.Count > 0)
        {
            chosen.Add(candidates[random.Below(candidates.Count)]);
        }

        foreach (int token in chosen)
        {
            double draw = random.Unit();
            ids[token] = draw < Masked ? Mask : draw < Replaced ? random.Below(Tokenizer.Vocabulary.Count) : ids[token];
        }

        return chosen;
    }
}
