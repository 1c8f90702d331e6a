using QuantGen.Specs;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>What stands on top of the encoder.</summary>
/// <param name="parts">All parts of the model.</param>
internal sealed class TorchHead(TorchParts parts)
{
    private const string Pooler = "pooler.dense";

    /// <summary>Computes logits; null where the hidden states are the result.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="hidden">The last hidden states.</param>
    public Tensor? Forward(TorchPass pass, Tensor hidden)
    {
        ModelSpec spec = parts.Spec;
        return spec.IsPooled ? Pooled(pass, hidden)
            : spec.HasMaskedLanguageHead ? Masked(pass, HeadTokens(pass, hidden))
            : spec.HasOutputLayer ? PerToken(pass, HeadTokens(pass, hidden))
            : null;
    }

    private Tensor Pooled(TorchPass pass, Tensor hidden)
    {
        Tensor first = Rows(pass, hidden, pass.Batch.Starts[..^1]);
        Tensor pooled = parts.Linear(Pooler).Forward(pass, first, parts.Quantize(pass, Pooler, first, 0)).tanh();
        return parts.Linear(parts.Spec.OutputLayerName).Forward(pass, pass.DropHidden(pooled), null);
    }

    private Tensor PerToken(TorchPass pass, Tensor states) => parts.Linear(parts.Spec.OutputLayerName).Forward(
        pass, parts.Spec.Head == BertHead.TokenClassification ? pass.DropHidden(states) : states, null);

    private Tensor Masked(TorchPass pass, Tensor states)
    {
        Tensor transformed = parts.Gelu(parts.Linear(PackedLayout.MaskedLanguageTransform + ".dense").Forward(pass, states, null));
        Tensor predicted = parts.Norm(PackedLayout.MaskedLanguageTransform + ".LayerNorm").Forward(pass, transformed);
        return nn.functional.linear(predicted, parts.Embedding.Words.Values(pass), parts.DecoderBias!.In(pass));
    }

    private static Tensor HeadTokens(TorchPass pass, Tensor hidden) => pass.Batch.HeadTokens is { } tokens ? Rows(pass, hidden, tokens) : hidden;

    private static Tensor Rows(TorchPass pass, Tensor hidden, int[] rows) =>
        hidden.index_select(0, tensor(Array.ConvertAll(rows, row => (long)row), device: pass.Device));
}
