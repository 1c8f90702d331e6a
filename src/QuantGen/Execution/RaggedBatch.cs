using System.Globalization;
using QuantGen.Graph;

namespace QuantGen.Execution;

/// <summary>Sequences of token ids one after the other, checked before anything is computed.</summary>
internal readonly ref struct RaggedBatch
{
    public readonly ReadOnlySpan<int> Ids;
    public readonly ReadOnlySpan<byte> Types;
    public readonly ReadOnlySpan<int> Lengths;

    public RaggedBatch(ReadOnlySpan<int> ids, ReadOnlySpan<byte> types, ReadOnlySpan<int> lengths)
    {
        Ids = ids;
        Types = types;
        Lengths = lengths;
    }

    /// <summary>Checks lengths, ids and types.</summary>
    /// <exception cref="ArgumentException">Something is out of range; the message gives the numbers.</exception>
    public void Check(ModelConfig dimensions, int maxSequenceLength)
    {
        CheckLengths(maxSequenceLength);
        CheckRange(Ids, dimensions.VocabularySize);
        foreach (byte type in Types)
        {
            if (type >= dimensions.TypeVocabularySize && dimensions.TypeVocabularySize > 0)
            {
                ThrowOutOfRange("token type", type, Types.IndexOf(type), dimensions.TypeVocabularySize);
            }
        }
    }

    /// <summary>Gets as many whole sequences as fit into one pass.</summary>
    /// <param name="first">The first sequence.</param>
    /// <param name="token">The first token of that sequence.</param>
    /// <param name="maxTokens">The most tokens of a pass; no checked sequence is longer.</param>
    public RaggedBatch Take(int first, int token, int maxTokens)
    {
        int count = 0;
        int tokens = 0;
        while (first + count < Lengths.Length && tokens + Lengths[first + count] <= maxTokens)
        {
            tokens += Lengths[first + count++];
        }

        return new RaggedBatch(Ids.Slice(token, tokens), Types.Slice(token, tokens), Lengths.Slice(first, count));
    }

    /// <summary>Copies all sequences into a pass, in which they fit.</summary>
    public void Fill(ForwardPass pass)
    {
        pass.Clear();
        foreach (int length in Lengths)
        {
            pass.Append(Ids.Slice(pass.TokenCount, length), Types.Slice(pass.TokenCount, length));
        }
    }

    private void CheckLengths(int maxSequenceLength)
    {
        long total = 0;
        for (int i = 0; i < Lengths.Length; i++)
        {
            if (Lengths[i] > maxSequenceLength)
            {
                throw new SequenceTooLongException(i, Lengths[i], maxSequenceLength);
            }

            if (Lengths[i] < 1)
            {
                throw new ArgumentException(Text($"sequence {i} has {Lengths[i]} tokens, and it needs at least 1"));
            }

            total += Lengths[i];
        }

        if (Ids.Length != total || Types.Length != total)
        {
            throw new ArgumentException(
                Text($"the lengths of the sequences add up to {total} tokens, and there are {Ids.Length} ids and {Types.Length} token types"));
        }
    }

    private static void CheckRange(ReadOnlySpan<int> ids, int vocabularySize)
    {
        for (int i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)vocabularySize)
            {
                ThrowOutOfRange("id", ids[i], i, vocabularySize);
            }
        }
    }

    private static void ThrowOutOfRange(string what, int value, int token, int count) =>
        throw new ArgumentException(Text($"token {token} has the {what} {value}, and this model has 0 to {count - 1}"));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
