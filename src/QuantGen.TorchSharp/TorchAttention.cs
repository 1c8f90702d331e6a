using QuantGen.Kernels;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>Scaled dot-product attention of all heads over all sequences.</summary>
/// <param name="heads">Heads.</param>
/// <param name="headSize">Dimensions of a head.</param>
/// <param name="operands">Where the operands are quantized; null for full precision.</param>
internal sealed class TorchAttention(int heads, int headSize, TorchOperands? operands)
{
    private readonly float _scale = AttentionOperands.InverseRoot(headSize);

    /// <summary>Computes scores, with padding among them, and contexts, without.</summary>
    public (Tensor Scores, Tensor Context) Forward(TorchPass pass, Tensor queries, Tensor keys, Tensor values, int use)
    {
        using DisposeScope scope = NewDisposeScope();
        operands?.Observe(pass, queries, keys, values, use);
        float scoreFactor = _scale;
        float contextFactor = 1f;
        bool isQuantized = operands is not null && pass.IsQuantized;
        if (isQuantized)
        {
            (queries, keys, values) = operands!.Quantize(pass, queries, keys, values, use);
            AttentionOperands factors = operands.Factors(pass, use, _scale);
            (scoreFactor, contextFactor) = (factors.ScoreFactor, factors.ContextFactor);
        }

        Tensor scores = pass.Multiply(pass.Places.Split(queries, heads), pass.Places.Split(keys, heads).transpose(2, 3)).mul_(scoreFactor);
        Tensor probabilities = pass.Places.MaskKeys(scores).softmax(-1);
        int count = pass.Places.ScoreCount(heads);
        Tensor weights = pass.DropAttention(probabilities);
        weights = isQuantized ? operands!.Quantize(pass, weights, pass.WholeScores(heads), use) : weights;
        operands?.Observe(pass, probabilities, count, use);
        Tensor contexts = pass.Multiply(weights, pass.Places.Split(values, heads));
        Tensor joined = pass.Places.Join(isQuantized ? contexts.mul_(contextFactor) : contexts);
        return scope.MoveToOuter(scores, joined);
    }
}
