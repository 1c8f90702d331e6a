using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>
/// Where the numbers of a packed file stand when a model without floats has loaded: mostly an integer for each float, and behind a run of multipliers the
/// shift that belongs to all of them.
/// </summary>
internal static class IntegerLayout
{
    // FixedCodes and FixedScores of the runtime; a test holds them together.
    private const int CodeIntegers = 6;
    private const int ScoreIntegers = 3;

    /// <summary>Gets the kind of a tensor that is placed by itself.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="tensor">The tensor's name.</param>
    public static IntegerTensor KindOf(ModelSpec spec, string tensor)
    {
        if (tensor.EndsWith(".input_zero_point", StringComparison.Ordinal))
        {
            return IntegerTensor.None;
        }

        if (tensor.EndsWith(".input_scale", StringComparison.Ordinal))
        {
            string site = tensor.Substring(0, tensor.Length - ".input_scale".Length);
            AttentionNode? attention = spec.Graph.Nodes.OfType<AttentionNode>().FirstOrDefault(node => node.Operands.Contains(site));
            return attention is null ? IntegerTensor.Codes : attention.Operands[0] == site ? IntegerTensor.Scores : IntegerTensor.None;
        }

        string name = tensor.Substring(0, tensor.LastIndexOf('.'));
        bool isWeight = tensor.EndsWith(".weight", StringComparison.Ordinal);
        return tensor == PackedLayout.WordEmbedding + ".codes" ? IntegerTensor.Bytes
            : tensor == PackedLayout.WordEmbedding + ".scales" ? IntegerTensor.WordScales
            : name is PackedLayout.WordEmbedding or PackedLayout.PositionEmbedding or PackedLayout.TypeEmbedding ? IntegerTensor.Embedding
            : name == spec.OutputLayerName ? (isWeight ? IntegerTensor.OutputWeights : IntegerTensor.OutputBiases)
            : isWeight ? IntegerTensor.Gamma
            : IntegerTensor.Beta;
    }

    /// <summary>Gets the bytes a tensor takes.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="tensor">The tensor.</param>
    public static long Bytes(ModelSpec spec, TensorSpec tensor) => KindOf(spec, tensor.Name) switch
    {
        IntegerTensor.None => 0,
        IntegerTensor.Codes => CodeIntegers * sizeof(int),
        IntegerTensor.Scores => ScoreIntegers * sizeof(int),
        IntegerTensor.WordScales or IntegerTensor.Gamma or IntegerTensor.OutputWeights => tensor.Bytes + sizeof(int),
        _ => tensor.Bytes,
    };
}
