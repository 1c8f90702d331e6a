using QuantGen.Execution;

namespace QuantGen.TestModels;

/// <summary>Sequences of random token ids, one after the other.</summary>
/// <param name="Ids">The ids.</param>
/// <param name="Types">The token types.</param>
/// <param name="Lengths">The tokens of each sequence.</param>
public sealed record TokenBatch(int[] Ids, byte[] Types, int[] Lengths)
{
    private const int VocabularySize = 31;

    /// <summary>Makes sequences of 1 to <paramref name="longest"/> tokens, one of each length.</summary>
    public static TokenBatch OfAllLengths(int longest) => Of([.. Enumerable.Range(1, longest)], seed: 7);

    /// <summary>Makes sequences of the given lengths.</summary>
    public static TokenBatch Of(int[] lengths, int seed)
    {
        var random = new Random(seed);
        int[] ids = [.. Enumerable.Range(0, lengths.Sum()).Select(_ => random.Next(VocabularySize))];
        return new TokenBatch(ids, [.. ids.Select(_ => (byte)random.Next(2))], lengths);
    }

    /// <summary>Gets some of the sequences, in the given order.</summary>
    public TokenBatch Select(params int[] sequences)
    {
        int[] starts = new int[Lengths.Length];
        for (int i = 1; i < starts.Length; i++)
        {
            starts[i] = starts[i - 1] + Lengths[i - 1];
        }

        return new TokenBatch(
            [.. sequences.SelectMany(s => Ids.Skip(starts[s]).Take(Lengths[s]))],
            [.. sequences.SelectMany(s => Types.Skip(starts[s]).Take(Lengths[s]))],
            [.. sequences.Select(s => Lengths[s])]);
    }

    /// <summary>Gets how many floats a model computes for this batch.</summary>
    public int ResultCount(InferenceSession session) => session.Spec.Head switch
    {
        BertHead.Encoder or BertHead.Embedding => Ids.Length * session.Spec.Dimensions.HiddenSize,
        BertHead.SequenceClassification or BertHead.Regression => Lengths.Length * session.Spec.OutputCount,
        _ => Ids.Length * session.Spec.OutputCount,
    };

    /// <summary>Computes the head's outputs, or the last hidden states where there is no head.</summary>
    public float[] Run(InferenceSession session, CallOptions? options = null)
    {
        float[] results = new float[ResultCount(session)];
        RunInto(session, results, options);
        return results;
    }

    /// <summary>Computes into memory that exists.</summary>
    public void RunInto(InferenceSession session, Span<float> results, CallOptions? options = null)
    {
        if (session.Spec.HasMaskedLanguageHead)
        {
            Span<int> all = stackalloc int[Ids.Length];
            for (int i = 0; i < all.Length; i++)
            {
                all[i] = i;
            }

            session.RunMasked(Ids, Types, Lengths, all, results, options);
        }
        else if (session.Spec.HasOutputLayer)
        {
            session.Run(Ids, Types, Lengths, results, options);
        }
        else
        {
            session.RunHidden(Ids, Types, Lengths, results, options);
        }
    }
}
