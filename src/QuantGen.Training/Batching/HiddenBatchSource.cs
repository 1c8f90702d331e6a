using QuantGen.Tokenization;

namespace QuantGen.Training.Batching;

/// <summary>Hides the same tokens every time, all behind the mask: what a masked language model is measured on.</summary>
public sealed class HiddenBatchSource : MaskingBatchSource
{
    /// <summary>Creates a source.</summary>
    /// <param name="examples">All examples; at least one.</param>
    /// <param name="tokenizer">The tokenizer that made them; its vocabulary has a mask.</param>
    /// <param name="batchSize">Examples of a step; does not change what is hidden.</param>
    /// <param name="seed">What is hidden depends on it.</param>
    /// <exception cref="ArgumentException">The vocabulary has no mask.</exception>
    public HiddenBatchSource(IReadOnlyList<Example> examples, BertTokenizer tokenizer, int batchSize, ulong seed)
        : base(examples, tokenizer, batchSize, seed)
    {
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<int> Hide(Span<int> ids, int row, int epoch)
    {
        IReadOnlyList<int> places = HiddenTokens.Choose(ids, Tokenizer, Seed, row);
        foreach (int place in places)
        {
            ids[place] = Mask;
        }

        return places;
    }
}
