using QuantGen.Tokenization;
using QuantGen.Trainable;

namespace QuantGen.Training.Batching;

/// <summary>Hides the same tokens every time, all behind the mask: what a masked language model is measured on.</summary>
public sealed class HiddenBatchSource : BatchSource
{
    private readonly BertTokenizer _tokenizer;
    private readonly int _mask;

    /// <summary>Creates a source.</summary>
    /// <param name="examples">All examples; at least one.</param>
    /// <param name="tokenizer">The tokenizer that made them; its vocabulary has a mask.</param>
    /// <param name="batchSize">Examples of a step; does not change what is hidden.</param>
    /// <param name="seed">What is hidden depends on it.</param>
    /// <exception cref="ArgumentException">The vocabulary has no mask.</exception>
    public HiddenBatchSource(IReadOnlyList<Example> examples, BertTokenizer tokenizer, int batchSize, ulong seed)
        : base(examples, batchSize, seed)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _mask = tokenizer.MaskId ?? throw new ArgumentException($"The vocabulary has no '{tokenizer.Options.MaskToken}', which a masked language model needs.", nameof(tokenizer));
    }

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
            places.AddRange(HiddenTokens.Choose(plain.Ids.AsSpan(start, examples[s].Length), _tokenizer, Seed, rows[s]).Select(place => start + place));
        }

        foreach (int place in places)
        {
            ids[place] = _mask;
        }

        return new Batch(examples, plain with { Ids = ids, HeadTokens = [.. places] }, [.. places.Select(place => plain.Ids[place])]);
    }
}
