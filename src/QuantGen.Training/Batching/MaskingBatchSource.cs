using QuantGen.Tokenization;
using QuantGen.Trainable;

namespace QuantGen.Training.Batching;

/// <summary>Batches of a masked language model: some tokens are hidden, and only those have targets and outputs.</summary>
public abstract class MaskingBatchSource : BatchSource
{
    /// <summary>Creates a source.</summary>
    /// <param name="examples">All examples; at least one.</param>
    /// <param name="tokenizer">The tokenizer that made them; its vocabulary has a mask.</param>
    /// <param name="batchSize">Examples of a step.</param>
    /// <param name="seed">What the order and the hidden tokens depend on.</param>
    /// <exception cref="ArgumentException">The vocabulary has no mask.</exception>
    protected MaskingBatchSource(IReadOnlyList<Example> examples, BertTokenizer tokenizer, int batchSize, ulong seed)
        : base(examples, batchSize, seed)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        Tokenizer = tokenizer;
        Mask = tokenizer.MaskId
            ?? throw new ArgumentException($"The vocabulary has no '{tokenizer.Options.MaskToken}', which a masked language model needs.", nameof(tokenizer));
    }

    /// <summary>Gets the tokenizer that made the examples.</summary>
    protected BertTokenizer Tokenizer { get; }

    /// <summary>Gets the id of the mask.</summary>
    protected int Mask { get; }

    /// <inheritdoc/>
    public override Batch Make(int[] rows, int epoch)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Example[] examples = [.. rows.Select(row => Examples[row])];
        TrainingBatch plain = Batch.Join(examples);
        int[] ids = [.. plain.Ids];
        var places = new List<int>();
        for (int s = 0; s < rows.Length; s++)
        {
            int start = plain.Starts[s];
            places.AddRange(Hide(ids.AsSpan(start, examples[s].Length), rows[s], epoch).Select(token => start + token));
        }

        TrainingBatch inputs = plain with { Ids = ids, HeadTokens = [.. places] };
        return new Batch(examples, inputs, [.. places.Select(place => plain.Ids[place])]);
    }

    /// <summary>Hides tokens of a sequence.</summary>
    /// <param name="ids">The sequence, which is changed.</param>
    /// <param name="row">The example's index.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <returns>The places of the hidden tokens, ascending.</returns>
    protected abstract IReadOnlyList<int> Hide(Span<int> ids, int row, int epoch);
}
