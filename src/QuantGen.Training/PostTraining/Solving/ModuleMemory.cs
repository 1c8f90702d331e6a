using QuantGen.Graph;
using QuantGen.Specs;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Counts the memory that training modules takes, before it is taken.</summary>
internal static class ModuleMemory
{
    // Values, gradients and two moments of everything trained; a weight has a quantized copy with gradients of its own, too.
    private const int CopiesOfTrained = 4;
    private const int CopiesOfQuantized = 2;

    // Of what is in use, what was and is not collected yet: measured where buffers had grown to their sizes.
    private const double Waste = 0.2;

    /// <summary>Adds what is no longer in use, but not given back yet.</summary>
    /// <param name="bytes">Bytes in use.</param>
    public static long WithWaste(long bytes) => (long)((1 + Waste) * bytes);

    /// <summary>Returns the bytes of one module's parameters, moments and activations.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="layers">Layers of the module.</param>
    /// <param name="tokens">Tokens of the largest batch.</param>
    /// <param name="longest">Tokens of its longest text.</param>
    /// <param name="workers">Threads of the module.</param>
    public static long Module(ModelSpec spec, int layers, int tokens, int longest, int workers)
    {
        ModelConfig d = spec.Dimensions;
        long weights = d.HiddenSize * ((4L * d.HiddenSize) + (2L * d.IntermediateSize));
        long others = (9L * d.HiddenSize) + d.IntermediateSize;
        long scores = (long)tokens * longest * d.Heads;
        long kept = LayerActivations.Floats(d.HiddenSize, d.IntermediateSize, tokens, scores) + scores
            + (tokens * ((5L * d.HiddenSize) + d.IntermediateSize));
        long shared = BackwardBuffers.Floats(d.HiddenSize, d.IntermediateSize, tokens)
            + Products.ScratchFloats(d.IntermediateSize, d.HiddenSize, tokens, workers);
        return sizeof(float) * ((layers * ((CopiesOfTrained * (weights + others)) + (CopiesOfQuantized * weights) + kept)) + shared);
    }

    /// <summary>Returns the bytes of hidden states of all texts.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="tokens">Tokens of all texts.</param>
    /// <param name="depths">At how many depths they are kept.</param>
    public static long States(ModelSpec spec, long tokens, int depths) => sizeof(float) * tokens * spec.Dimensions.HiddenSize * depths;

    /// <summary>Returns the bytes of a model in full precision while it is made and loaded: its tensors, its file and the copy that runs.</summary>
    /// <param name="spec">The model.</param>
    public static long Model(ModelSpec spec) => 3 * sizeof(float) * PackedLayout.Checkpoint(spec).Sum(tensor => tensor.Count);
}
