using System.Numerics;
using QuantGen.Tasks;

namespace QuantGen.Sentences;

/// <summary>Pools the hidden states of one text into one vector.</summary>
internal static class Pooler
{
    private static readonly EmbeddingPooling[] s_modes = Enum.GetValues<EmbeddingPooling>();

    // What sentence-transformers divides by at least.
    private const double SmallestLength = 1e-12;

    /// <summary>Lists the modes of a pooling in the order in which their vectors stand.</summary>
    /// <param name="pooling">One mode, or several.</param>
    public static IEnumerable<EmbeddingPooling> ModesOf(EmbeddingPooling pooling) => s_modes.Where(mode => (pooling & mode) != 0);

    /// <summary>Counts the modes of a pooling.</summary>
    /// <param name="pooling">One mode, or several.</param>
    public static int CountModes(EmbeddingPooling pooling) => BitOperations.PopCount((uint)pooling);

    /// <summary>Says whether a pooling has modes, and none that nobody knows.</summary>
    /// <param name="pooling">The pooling.</param>
    public static bool IsLegal(EmbeddingPooling pooling) => pooling > 0 && (pooling & ~s_modes.Aggregate((all, mode) => all | mode)) == 0;

    /// <summary>Pools.</summary>
    /// <param name="hidden">The states of all tokens of the text, <c>[tokens, width]</c>.</param>
    /// <param name="width">Elements of a token.</param>
    /// <param name="pooling">The modes.</param>
    /// <param name="skipped">Tokens at the beginning that are not pooled; the first token's own mode reads it all the same.</param>
    /// <param name="result">Receives a vector of <paramref name="width"/> elements for each mode.</param>
    public static void Pool(ReadOnlySpan<float> hidden, int width, EmbeddingPooling pooling, int skipped, Span<float> result)
    {
        ReadOnlySpan<float> counted = hidden[(Math.Min(skipped, (hidden.Length / width) - 1) * width)..];
        double tokens = counted.Length / width;
        int start = 0;
        foreach (EmbeddingPooling mode in s_modes)
        {
            if ((pooling & mode) == 0)
            {
                continue;
            }

            Span<float> part = result.Slice(start, width);
            start += width;
            switch (mode)
            {
                case EmbeddingPooling.Cls:
                    hidden[..width].CopyTo(part);
                    break;
                case EmbeddingPooling.LastToken:
                    hidden[^width..].CopyTo(part);
                    break;
                case EmbeddingPooling.Max:
                    Largest(counted, part);
                    break;
                default:
                    Sum(counted, part);
                    Divide(part, mode == EmbeddingPooling.Mean ? (float)tokens : (float)Math.Sqrt(tokens));
                    break;
            }
        }
    }

    /// <summary>Divides a vector by its length.</summary>
    /// <param name="vector">The vector.</param>
    public static void Normalize(Span<float> vector)
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

    private static void Sum(ReadOnlySpan<float> hidden, Span<float> sum)
    {
        sum.Clear();
        for (; !hidden.IsEmpty; hidden = hidden[sum.Length..])
        {
            // Each element has a sum of its own, token after token, so the width of the vectors does not matter.
            int i = 0;
            for (; i <= sum.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                (new Vector<float>(sum[i..]) + new Vector<float>(hidden[i..])).CopyTo(sum[i..]);
            }

            for (; i < sum.Length; i++)
            {
                sum[i] += hidden[i];
            }
        }
    }

    private static void Largest(ReadOnlySpan<float> hidden, Span<float> largest)
    {
        hidden[..largest.Length].CopyTo(largest);
        for (hidden = hidden[largest.Length..]; !hidden.IsEmpty; hidden = hidden[largest.Length..])
        {
            for (int i = 0; i < largest.Length; i++)
            {
                largest[i] = Math.Max(largest[i], hidden[i]);
            }
        }
    }

    private static void Divide(Span<float> vector, float divisor)
    {
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] /= divisor;
        }
    }
}
