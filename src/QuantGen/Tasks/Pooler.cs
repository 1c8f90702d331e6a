using System.Numerics;

namespace QuantGen.Tasks;

/// <summary>Pools the hidden states of one text into one vector.</summary>
internal static class Pooler
{
    // What sentence-transformers divides by at least.
    private const double SmallestLength = 1e-12;

    /// <summary>Pools.</summary>
    /// <param name="hidden">The states of all tokens of the text, <c>[tokens, result length]</c>.</param>
    /// <param name="options">How.</param>
    /// <param name="result">Receives the vector.</param>
    public static void Pool(ReadOnlySpan<float> hidden, EmbedOptions options, Span<float> result)
    {
        if (options.Pooling == EmbeddingPooling.Mean)
        {
            Average(hidden, result);
        }
        else
        {
            hidden[..result.Length].CopyTo(result);
        }

        if (options.Normalize)
        {
            Normalize(result);
        }
    }

    private static void Average(ReadOnlySpan<float> hidden, Span<float> mean)
    {
        mean.Clear();
        int tokens = hidden.Length / mean.Length;
        for (int token = 0; token < tokens; token++)
        {
            ReadOnlySpan<float> row = hidden.Slice(token * mean.Length, mean.Length);

            // Each element has a sum of its own, token after token, so the width of the vectors does not matter.
            int i = 0;
            for (; i <= row.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                (new Vector<float>(mean[i..]) + new Vector<float>(row[i..])).CopyTo(mean[i..]);
            }

            for (; i < row.Length; i++)
            {
                mean[i] += row[i];
            }
        }

        for (int i = 0; i < mean.Length; i++)
        {
            mean[i] /= tokens;
        }
    }

    private static void Normalize(Span<float> vector)
    {
        double squares = 0;
        foreach (float value in vector)
        {
            squares += (double)value * value;
        }

        double length = Math.Max(Math.Sqrt(squares), SmallestLength);
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = (float)(vector[i] / length);
        }
    }
}
