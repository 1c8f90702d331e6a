namespace QuantGen.Trainable;

/// <summary>How much there is in a batch.</summary>
/// <param name="Sequences">Its sequences.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="TokenPairs">Pairs of a token and one of its sequence: the attention scores of one head.</param>
/// <param name="HeadTokens">Tokens for which a head over tokens computes outputs.</param>
public readonly record struct BatchCounts(int Sequences, int Tokens, long TokenPairs, int HeadTokens)
{
    /// <summary>Counts a batch.</summary>
    /// <param name="batch">The batch.</param>
    public static BatchCounts Of(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        long pairs = batch.Lengths().Sum(length => (long)length * length);
        return new BatchCounts(batch.SequenceCount, batch.TokenCount, pairs, batch.HeadTokens?.Length ?? batch.TokenCount);
    }

    /// <summary>Adds count by count.</summary>
    /// <param name="left">A batch's.</param>
    /// <param name="right">Another's.</param>
    public static BatchCounts operator +(BatchCounts left, BatchCounts right) => new(
        left.Sequences + right.Sequences, left.Tokens + right.Tokens, left.TokenPairs + right.TokenPairs, left.HeadTokens + right.HeadTokens);

    /// <summary>Adds count by count.</summary>
    /// <param name="left">A batch's.</param>
    /// <param name="right">Another's.</param>
    public static BatchCounts Add(BatchCounts left, BatchCounts right) => left + right;
}
