namespace QuantGen.Training.PostTraining.Solving;

/// <summary>The squared distance of outputs from what they shall be, summed over values, which may have weights, and averaged over tokens.</summary>
internal static class ReconstructionLoss
{
    /// <summary>Returns the loss.</summary>
    /// <param name="output">The outputs.</param>
    /// <param name="target">What they shall be.</param>
    /// <param name="weights">A factor for every value; none for 1.</param>
    /// <param name="tokens">Tokens.</param>
    public static double Value(ReadOnlySpan<float> output, ReadOnlySpan<float> target, ReadOnlySpan<float> weights, int tokens)
    {
        double sum = 0;
        for (int i = 0; i < target.Length; i++)
        {
            double difference = (double)output[i] - target[i];
            sum += difference * difference * (weights.IsEmpty ? 1 : weights[i]);
        }

        return sum / tokens;
    }

    /// <summary>Adds the gradient of the loss with respect to the outputs.</summary>
    /// <param name="output">The outputs.</param>
    /// <param name="target">What they shall be.</param>
    /// <param name="weights">A factor for every value; none for 1.</param>
    /// <param name="tokens">Tokens.</param>
    /// <param name="gradient">Receives the gradient.</param>
    public static void AddGradient(
        ReadOnlySpan<float> output, ReadOnlySpan<float> target, ReadOnlySpan<float> weights, int tokens, Span<float> gradient)
    {
        float factor = 2f / tokens;
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] += factor * (output[i] - target[i]) * (weights.IsEmpty ? 1f : weights[i]);
        }
    }
}
