using QuantGen.Kernels;

namespace QuantGen.Tasks;

/// <summary>The label with the largest logit, and its probability.</summary>
internal readonly record struct LabelChoice(int Index, float Probability)
{
    /// <summary>Chooses; among equal logits the first.</summary>
    /// <param name="logits">At least one logit.</param>
    /// <param name="probabilities">
    /// Receives the softmax of the logits, of a single one, which says how much speaks for its label, the sigmoid; as long as they are.
    /// </param>
    public static LabelChoice Of(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        int best = IndexOfLargest(logits);
        logits.CopyTo(probabilities);
        if (probabilities.Length == 1)
        {
            probabilities[0] = Sigmoid(logits[0]);
        }
        else
        {
            Normalize(probabilities);
        }

        return new LabelChoice(best, probabilities[best]);
    }

    /// <summary>Finds the largest logit; among equal ones the first.</summary>
    public static int IndexOfLargest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }

        return best;
    }

    /// <summary>Computes the softmax: how likely each of several candidates is; a single one is certain.</summary>
    public static float[] Probabilities(ReadOnlySpan<float> logits)
    {
        float[] values = logits.ToArray();
        Normalize(values);
        return values;
    }

    /// <summary>Computes the sigmoid.</summary>
    public static float Sigmoid(float logit)
    {
        // The softmax of the logit and 0.
        Span<float> both = [logit, 0f];
        Softmax.Rows(ref both[0], both.Length, rows: 1, both.Length);
        return both[0];
    }

    private static void Normalize(Span<float> values)
    {
        if (values.Length > 0)
        {
            Softmax.Rows(ref values[0], values.Length, rows: 1, values.Length);
        }
    }
}
