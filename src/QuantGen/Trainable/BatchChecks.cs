using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Trainable;

/// <summary>Says what is wrong with a batch before anything is read through it.</summary>
internal static class BatchChecks
{
    public static void Check(TrainingBatch batch, ModelSpec spec)
    {
        ModelConfig d = spec.Dimensions;
        if (batch.SequenceCount < 1 || batch.Starts[0] != 0 || batch.Starts[^1] != batch.TokenCount || batch.Types.Length != batch.TokenCount)
        {
            throw new ArgumentException(
                $"{batch.TokenCount} ids, {batch.Types.Length} token types and {batch.Starts.Length} starts are not a batch.", nameof(batch));
        }

        for (int s = 0; s < batch.SequenceCount; s++)
        {
            int length = batch.Starts[s + 1] - batch.Starts[s];
            if (length < 1 || length > d.MaxPositions)
            {
                throw new ArgumentException($"Sequence {s} has {length} tokens; the model has 1 to {d.MaxPositions} positions.", nameof(batch));
            }
        }

        for (int token = 0; token < batch.TokenCount; token++)
        {
            if ((uint)batch.Ids[token] >= (uint)d.VocabularySize || (batch.Types[token] >= d.TypeVocabularySize && d.TypeVocabularySize > 0))
            {
                throw new ArgumentException(
                    $"Token {token} has id {batch.Ids[token]} and type {batch.Types[token]}; " +
                        $"there are {d.VocabularySize} ids and {d.TypeVocabularySize} types.",
                    nameof(batch));
            }
        }

        int previous = -1;
        foreach (int token in batch.HeadTokens ?? [])
        {
            if (token <= previous || token >= batch.TokenCount)
            {
                throw new ArgumentException($"Head token {token} after {previous}: they ascend and are below {batch.TokenCount}.", nameof(batch));
            }

            previous = token;
        }
    }
}
