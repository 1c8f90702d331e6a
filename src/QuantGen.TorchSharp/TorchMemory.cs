using QuantGen.Graph;
using QuantGen.Specs;
using QuantGen.Trainable;

namespace QuantGen.TorchSharp;

/// <summary>Estimates the memory of a training step: what the graph keeps for its backward pass, counted by the operators that make it.</summary>
internal static class TorchMemory
{
    /// <summary>Estimates the bytes beside the parameters of the host.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="options">Dropout, and what layers may keep.</param>
    /// <param name="tokens">Tokens of the batch.</param>
    /// <param name="longest">Tokens of its longest sequence, which the others are taken to be as long as.</param>
    public static long Bytes(ModelSpec spec, TrainableOptions options, int tokens, int longest)
    {
        ModelConfig d = spec.Dimensions;
        long sequences = (tokens + longest - 1) / longest;
        long scores = (long)tokens * longest * d.Heads;
        long logitRows = spec.IsPooled ? sequences : tokens;
        long trace = ((d.Layers + 1L) * tokens * d.HiddenSize) + (d.Layers * scores) + (logitRows * spec.OutputCount);
        long layers = Layers(spec, options, tokens, longest);
        bool isRecomputed = layers > options.ActivationBudget;

        // One layer's graph, as much on the way back through it, and twice as much that the allocator keeps between layers (measured, BERT-base).
        long graph = isRecomputed ? Math.Min(layers, 4 * layers / d.Layers) : layers;
        long edges = (6L * tokens * d.EmbeddingSize) + (6L * logitRows * d.HiddenSize) + (logitRows * spec.OutputCount);

        // Twice: a trace and its gradients on the host, a trace in the graph and gradients on their way through it.
        return graph + (sizeof(float) * ((4 * trace) + edges + Weights(spec, tokens, isRecomputed)));
    }

    /// <summary>Estimates the bytes of the graph of all layers.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="options">Dropout.</param>
    /// <param name="tokens">Tokens of the batch.</param>
    /// <param name="longest">Tokens of its longest sequence.</param>
    public static long Layers(ModelSpec spec, TrainableOptions options, int tokens, int longest) =>
        sizeof(float) * spec.Dimensions.Layers * Layer(spec, options, tokens, (long)tokens * longest * spec.Dimensions.Heads);

    // Floats that one use of a layer keeps.
    private static long Layer(ModelSpec spec, TrainableOptions options, long tokens, long scores)
    {
        ModelConfig d = spec.Dimensions;
        long hidden = tokens * d.HiddenSize;
        long intermediate = tokens * d.IntermediateSize;

        // Query, key and value and their heads apart; context and its heads; both projections, sums and norms. Scores with their scale and mask, probabilities.
        long kept = (14 * hidden) + (2 * intermediate) + (3 * scores);
        kept += options.HiddenDropout > 0f ? 4 * hidden : 0;
        kept += options.AttentionDropout > 0f ? 2 * scores : 0;

        // Of every quantized activation: codes, slopes of the threshold, what carries gradients, and as much again while quantizing and on the way back.
        bool isQuantized = spec.Matrices.Any(matrix => matrix.HasIntegerProduct);
        kept += isQuantized ? Quantized((3 * hidden) + intermediate) : 0;
        return kept + (spec.HasQuantizedAttention ? Quantized((3 * hidden) + scores) : 0);
    }

    private static long Quantized(long activations) => 8 * activations;

    // Floats of the parameters on the device, their gradients, and codes with what carries their gradients; of layers that are computed again one by one the
    // last two only once.
    private static long Weights(ModelSpec spec, int tokens, bool isRecomputed)
    {
        ModelConfig d = spec.Dimensions;
        long words = (long)(spec.HasMaskedLanguageHead ? d.VocabularySize : Math.Min(tokens, d.VocabularySize)) * d.EmbeddingSize;
        long plain = (long)(d.MaxPositions + d.TypeVocabularySize) * d.EmbeddingSize;
        long count = 2 * (plain + words) + (spec.EmbeddingBits == 32 ? 0 : 4 * words);
        foreach (MatrixSpec matrix in spec.Matrices)
        {
            long elements = (long)matrix.Rows * matrix.Columns;
            long beside = (matrix.IsQuantized ? 5L : 1L) * elements;
            count += elements + (isRecomputed && LayerNames.Split(matrix.Name, out _, out _) ? beside / d.Layers : beside);
        }

        return count;
    }
}
