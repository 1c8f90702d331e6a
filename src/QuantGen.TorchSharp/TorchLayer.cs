using QuantGen.Graph;
using QuantGen.Specs;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>One distinct encoder layer: attention and feed-forward, each ending in dropout, residual and normalization.</summary>
/// <param name="parts">All parts of the model.</param>
/// <param name="block">The number of the layer.</param>
internal sealed class TorchLayer(TorchParts parts, int block)
{
    private readonly TorchAttention _attention = new(parts.Spec.Dimensions.Heads, parts.Spec.HeadSize, parts.Operands(block));

    /// <summary>Computes the layer's scores and output.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="hidden">The layer's input.</param>
    /// <param name="use">Which use of the layer.</param>
    public (Tensor Scores, Tensor Hidden) Forward(TorchPass pass, Tensor hidden, int use)
    {
        // What nobody needs for gradients goes when the layer is done.
        using DisposeScope scope = NewDisposeScope();
        QuantizedInput? input = parts.Quantize(pass, Name("attention.self"), hidden, use);
        (Tensor scores, Tensor context) = _attention.Forward(
            pass, Linear(pass, "attention.self.query", hidden, input), Linear(pass, "attention.self.key", hidden, input),
            Linear(pass, "attention.self.value", hidden, input), use);
        Tensor attended = Normalize(pass, "attention.output", Linear(pass, "attention.output.dense", context, use), hidden);
        Tensor activated = parts.Gelu(Linear(pass, "intermediate.dense", attended, use));
        return scope.MoveToOuter(scores, Normalize(pass, "output", Linear(pass, "output.dense", activated, use), attended));
    }

    private Tensor Normalize(TorchPass pass, string part, Tensor sum, Tensor residual) =>
        parts.Norm(Name(part) + ".LayerNorm").Forward(pass, pass.DropHidden(sum) + residual);

    private Tensor Linear(TorchPass pass, string part, Tensor x, int use) => Linear(pass, part, x, parts.Quantize(pass, Name(part), x, use));

    private Tensor Linear(TorchPass pass, string part, Tensor x, QuantizedInput? input) => parts.Linear(Name(part)).Forward(pass, x, input);

    private string Name(string part) => LayerNames.Of(block, part);
}
