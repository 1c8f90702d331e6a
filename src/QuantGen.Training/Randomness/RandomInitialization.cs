using QuantGen.Trainable;

namespace QuantGen.Training.Randomness;

/// <summary>Gives parameters the values that BERT's training starts from.</summary>
public static class RandomInitialization
{
    /// <summary>The standard deviation of weights and embeddings.</summary>
    public const double Deviation = 0.02;

    /// <summary>Fills a parameter: weights and embeddings with normal numbers, biases with 0, the factors of norms with 1.</summary>
    /// <param name="parameter">A parameter of one of these kinds.</param>
    /// <param name="seed">What the numbers depend on, beside the parameter's name.</param>
    public static void Fill(Parameter parameter, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        switch (parameter.Kind)
        {
            case ParameterKind.Weight or ParameterKind.Embedding:
                var random = new RandomSequence(seed, RandomPlace.Weights, RandomSequence.Place(parameter.Name));
                foreach (ref float value in parameter.Values.AsSpan())
                {
                    value = (float)(Deviation * random.Normal());
                }

                break;
            case ParameterKind.Bias:
                Array.Clear(parameter.Values);
                break;
            case ParameterKind.LayerNorm:
                Array.Fill(parameter.Values, parameter.Name.EndsWith(".weight", StringComparison.Ordinal) ? 1 : 0);
                break;
            default:
                throw new ArgumentException($"'{parameter.Name}' is set by the quantizers, not at random.", nameof(parameter));
        }
    }
}
