using QuantGen.Graph;
using QuantGen.Specs;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Trainable;

/// <summary>Counts the memory of a batch before it is taken.</summary>
internal static class TrainingMemory
{
    /// <summary>Returns the bytes of traces, kept activations, gradients of activations and scratch memory.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="tokens">Tokens of the batch.</param>
    /// <param name="longest">Tokens of its longest sequence, which the others are taken to be as long as.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="lowest">The first layer that a backward pass runs through; -1 for all and what stands before them, the number of layers
    /// for the head alone, one more for nothing.</param>
    /// <param name="budget">What layers may keep before they are computed once more.</param>
    /// <param name="showsProjected">Whether queries, keys and values of all layers stay.</param>
    public static long Bytes(ModelSpec spec, int tokens, int longest, int workers, int lowest, long budget, bool showsProjected)
    {
        ModelConfig d = spec.Dimensions;
        long sequences = (tokens + longest - 1) / longest;
        long scores = (long)tokens * longest * d.Heads;
        long logitRows = spec.IsPooled ? sequences : tokens;
        long trace = ((d.Layers + 1L) * tokens * d.HiddenSize) + (d.Layers * scores) + (logitRows * spec.OutputCount);
        bool recomputes = lowest < d.Layers && Layers(spec, tokens, longest, lowest) > budget;
        int sharing = Math.Clamp(recomputes ? d.Layers : lowest, 1, d.Layers);
        long kept = Kept(spec, tokens, scores, d.Layers - sharing + 1);
        kept += showsProjected ? (sharing - 1) * LayerActivations.ProjectedFloats(d.HiddenSize, tokens) : 0;
        long gradients = BackwardBuffers.Floats(d.HiddenSize, d.IntermediateSize, tokens);
        long edgeCodes = spec.ActivationSites().Where(s => s.IsQuantized && !LayerNames.IsInLayer(s.Name))
            .Sum(s => s.Uses * (s.Columns + 1L) * (IsPooled(spec, s.Name) ? sequences : tokens));
        long operands = spec.HasQuantizedAttention ? (long)tokens * d.HiddenSize : 0;
        long edges = (3L * tokens * d.EmbeddingSize) + (5L * logitRows * d.HiddenSize);
        long products = spec.Matrices.Max(m => Products.ScratchFloats(m.StoredRowCount, m.Columns, tokens, workers));
        products += spec.Matrices.Where(m => m.IsPair).Sum(m => (long)tokens * m.StoredRowCount);
        if (spec.HasMaskedLanguageHead)
        {
            edges += 4L * logitRows * d.EmbeddingSize;
            products = Math.Max(products, Products.ScratchFloats(d.VocabularySize, d.EmbeddingSize, tokens, workers));
        }

        long attention = workers * AttentionTraining.ScratchFloats(longest, spec.HeadSize);
        long partial = 2L * ((tokens / TrainingPass.TokensPerItem) + sequences) * d.HiddenSize;
        int traces = lowest <= d.Layers ? 2 : 1;
        return sizeof(float) * ((traces * trace) + kept + edgeCodes + operands + gradients + edges + products + attention + partial);
    }

    /// <summary>Returns the bytes that layers keep for the backward pass, where each keeps its own.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="tokens">Tokens of the batch.</param>
    /// <param name="longest">Tokens of its longest sequence, which the others are taken to be as long as.</param>
    /// <param name="lowest">The first layer that a backward pass runs through.</param>
    public static long Layers(ModelSpec spec, int tokens, int longest, int lowest) =>
        sizeof(float) * Kept(spec, tokens, (long)tokens * longest * spec.Dimensions.Heads, spec.Dimensions.Layers - Math.Max(0, lowest));

    // Floats of some layers: activations, and codes of those that linear layers read.
    private static long Kept(ModelSpec spec, int tokens, long scores, int layers)
    {
        ModelConfig d = spec.Dimensions;
        long codes = spec.ActivationSites().Where(s => s.IsQuantized && LayerNames.IsInLayer(s.Name)).Sum(s => s.Uses * (s.Columns + 1L) * tokens);
        return layers * (LayerActivations.Floats(d.HiddenSize, d.IntermediateSize, tokens, scores) + (codes / d.Layers));
    }

    private static bool IsPooled(ModelSpec spec, string site) =>
        spec.IsPooled && spec.Graph.Head.OfType<LinearNode>().Any(linear => linear.Site == site);
}
