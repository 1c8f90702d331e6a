namespace QuantGen.Trainable;

/// <summary>Sequences one after the other, without padding: sequence <c>s</c> has the tokens <c>Starts[s]</c> to <c>Starts[s + 1]</c> - 1.</summary>
/// <param name="Ids">Vocabulary ids of all tokens.</param>
/// <param name="Types">Token types, as many.</param>
/// <param name="Starts">First token of every sequence, and the number of tokens at the end.</param>
public sealed record TrainingBatch(int[] Ids, byte[] Types, int[] Starts)
{
    /// <summary>
    /// Gets the tokens for which a head over tokens computes outputs, ascending; null for all. Masked language models set it to the masked places.
    /// </summary>
    public int[]? HeadTokens { get; init; }

    /// <summary>Gets the number of tokens.</summary>
    public int TokenCount => Ids.Length;

    /// <summary>Gets the number of sequences.</summary>
    public int SequenceCount => Starts.Length - 1;

    /// <summary>Gets the tokens of each sequence.</summary>
    internal int[] Lengths() => [.. Enumerable.Range(0, SequenceCount).Select(s => Starts[s + 1] - Starts[s])];

    /// <summary>Gets the tokens of the longest sequence.</summary>
    public int Longest => Enumerable.Range(0, SequenceCount).Max(s => Starts[s + 1] - Starts[s]);
}
