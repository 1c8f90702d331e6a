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
    /// <param name="lowest">The first layer that a backward pass runs through; -1 for all and what stands before them.</param>
    public static long Bytes(ModelSpec spec, int tokens, int longest, int workers, int lowest = -1)
    {
        ModelConfig d = spec.Dimensions;
        long sequences = (tokens + longest - 1) / longest;
        long scores = (long)tokens * longest * d.Heads;
        long logitRows = spec.IsPooled ? sequences : tokens;
        long trace = ((d.Layers + 1L) * tokens * d.HiddenSize) + (d.Layers * scores) + (logitRows * spec.OutputCount);
        int borrowing = Math.Max(0, lowest - 1);
        long kept = ((d.Layers - borrowing) * LayerActivations.Floats(d.HiddenSize, d.IntermediateSize, tokens, scores))
            + (borrowing * LayerActivations.BorrowingFloats(d.HiddenSize, tokens));
        long gradients = BackwardBuffers.Floats(d.HiddenSize, d.IntermediateSize, tokens);
        var pooled = new HashSet<string>(spec.IsPooled ? spec.Graph.Head.OfType<LinearNode>().Select(linear => linear.Site) : []);
        long codes = spec.ActivationSites().Where(s => s.IsQuantized).Sum(s => s.Uses * (s.Columns + 1L) * (pooled.Contains(s.Name) ? sequences : tokens));
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
        long partial = 2L * TrainingPass.Items(tokens, TrainingPass.TokensPerItem) * d.HiddenSize;
        return sizeof(float) * ((2 * trace) + kept + codes + operands + gradients + edges + products + attention + partial);
    }
}
