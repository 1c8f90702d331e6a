using QuantGen.Kernels;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>The four places where attention quantizes its operands.</summary>
/// <param name="query">Queries.</param>
/// <param name="key">Keys.</param>
/// <param name="value">Values.</param>
/// <param name="probabilities">Probabilities, after dropout.</param>
internal sealed class TorchOperands(TorchSite query, TorchSite key, TorchSite value, TorchSite probabilities)
{
    /// <summary>Sets or moves ranges by what is known before the scores.</summary>
    public void Observe(TorchPass pass, Tensor queries, Tensor keys, Tensor values, int use)
    {
        query.Observe(pass, queries, use);
        key.Observe(pass, keys, use);
        value.Observe(pass, values, use);
        if (!pass.IsRepeated)
        {
            probabilities.Range.ExpectProbabilities(pass.Purpose, use);
        }
    }

    /// <summary>Moves the range of probabilities, for the passes that follow.</summary>
    public void Observe(TorchPass pass, Tensor weights, int count, int use) => probabilities.ObserveProbabilities(pass, weights, count, use);

    /// <summary>Quantizes queries, keys and values.</summary>
    public (Tensor Query, Tensor Key, Tensor Value) Quantize(TorchPass pass, Tensor queries, Tensor keys, Tensor values, int use)
    {
        long elements = pass.WholeRows(queries.shape[0]) * queries.shape[1];
        return (
            query.Quantize(pass, queries, elements, use).Codes, key.Quantize(pass, keys, elements, use).Codes,
            value.Quantize(pass, values, elements, use).Codes);
    }

    /// <summary>Quantizes probabilities.</summary>
    public Tensor Quantize(TorchPass pass, Tensor weights, long elements, int use) => probabilities.Quantize(pass, weights, elements, use).Codes;

    /// <summary>Gets what sums of products of codes are multiplied by.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="use">Which use.</param>
    /// <param name="inverseRoot">1 / sqrt(head size).</param>
    public AttentionOperands Factors(TorchPass pass, int use, float inverseRoot) => new(
        pass.Mapping(query.Range, use), pass.Mapping(key.Range, use), pass.Mapping(value.Range, use), pass.Mapping(probabilities.Range, use), inverseRoot);
}
