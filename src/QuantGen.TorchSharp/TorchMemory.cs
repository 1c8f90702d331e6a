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
    /// <param name="learns">Whether any parameter does: a teacher has no graph and no gradients.</param>
    /// <param name="tokens">Tokens of the batch.</param>
    /// <param name="longest">Tokens of its longest sequence, which the others are taken to be as long as.</param>
    public static long Bytes(ModelSpec spec, TrainableOptions options, bool learns, int tokens, int longest)
    {
        ModelConfig d = spec.Dimensions;
        long sequences = (tokens + longest - 1) / longest;
        long logitRows = spec.IsPooled ? sequences : tokens;
        long states = ((d.Layers + 1L) * tokens * d.HiddenSize) + (logitRows * spec.OutputCount);
        long scores = (long)d.Layers * tokens * longest * d.Heads;
        long layers = Layers(spec, options, tokens, longest);
        bool isRecomputed = layers > options.ActivationBudget;

        // All layers' graphs, and one's again while it is made and on the way back through it. Of layers one by one the heap keeps four times as much until
        // it is trimmed behind the last (measured, BERT-base).
        long whole = layers + (layers / d.Layers);
        long graph = !learns ? 2 * layers / d.Layers : isRecomputed ? Math.Min(whole, 6 * layers / d.Layers) : whole;
        long edges = (6L * tokens * d.EmbeddingSize) + (6L * logitRows * d.HiddenSize) + (logitRows * spec.OutputCount);

        // A trace and its gradients on the host, and states on the device; scores stay there where all layers do.
        long traces = ((learns ? 2 : 1) * (states + scores)) + states + (isRecomputed ? 0 : 2 * scores);
        return graph + (sizeof(float) * (traces + edges + Weights(spec, tokens, isRecomputed)));
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

        // The input, heads of query, key and value apart and contexts together, both sums before norms and what follows the first, and the result; arguments
        // and values of the activation function; scores and probabilities.
        long kept = (9 * hidden) + (2 * intermediate) + (2 * scores);

        // What is dropped is a byte for each.
        kept += options.HiddenDropout > 0f ? hidden / 2 : 0;
        kept += options.AttentionDropout > 0f ? scores + (scores / 4) : 0;

        bool isQuantized = spec.Matrices.Any(matrix => matrix.HasIntegerProduct);
        kept += isQuantized ? (2 * hidden) + Quantized((3 * hidden) + intermediate) : 0;
        return kept + (spec.HasQuantizedAttention ? Quantized((3 * hidden) + scores) : 0);
    }

    // Beside codes, which are kept instead of what they stand for: slopes of the threshold, and in a byte whether a value is clipped.
    private static long Quantized(long activations) => activations + (activations / 4);

    // Floats of the parameters on the device, their gradients, and codes with what carries their gradients; of layers that are computed again one by one only
    // those of one.
    private static long Weights(ModelSpec spec, int tokens, bool isRecomputed)
    {
        ModelConfig d = spec.Dimensions;
        long words = (long)(spec.HasMaskedLanguageHead ? d.VocabularySize : Math.Min(tokens, d.VocabularySize)) * d.EmbeddingSize;
        long plain = (long)(d.MaxPositions + d.TypeVocabularySize) * d.EmbeddingSize;
        long count = 2 * (plain + words) + (spec.EmbeddingBits == 32 ? 0 : 4 * words);
        int distinct = spec.Graph.IsShared ? 1 : d.Layers;
        foreach (MatrixSpec matrix in spec.Matrices)
        {
            long elements = (matrix.IsQuantized ? 5L : 2L) * matrix.Rows * matrix.Columns;
            count += isRecomputed && LayerNames.Split(matrix.Name, out _, out _) ? elements / distinct : elements;
        }

        return count;
    }
}
