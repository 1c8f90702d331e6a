namespace QuantGen.Onnx;

/// <summary>The operators that exported encoders consist of, those into which optimizers fuse them among them.</summary>
internal static class EncoderOperators
{
    /// <summary>The domain of ONNX Runtime's own operators.</summary>
    public const string Fused = "com.microsoft";

    // What quantizers put into a graph, by parts of the operators' names.
    private static readonly string[] s_quantized =
    [
        "QLinear", "Integer", "QuantizeLinear", "NBits", "Bnb4", "QAttention", "QGemm", "QEmbed", "QOrdered", "DynamicQuantize", "BlockQuantized", "MatMulFpQ4",
    ];

    // Recurrent and convolutional networks, and control flow whose graphs are not looked into.
    private static readonly HashSet<string> s_foreign = new(StringComparer.Ordinal)
    {
        "Conv", "ConvTranspose", "LSTM", "GRU", "RNN", "If", "Loop", "Scan", "RotaryEmbedding", "RMSNormalization", "LpNormalization",
    };

    private static readonly HashSet<string> s_fused = new(StringComparer.Ordinal)
    {
        "Attention", "MultiHeadAttention", "SkipLayerNormalization", "EmbedLayerNormalization", "LayerNormalization", "BiasGelu", "FastGelu", "Gelu",
        "QuickGelu", "FusedMatMul", "FusedGemm", "BiasSoftmax",
    };

    /// <summary>Refuses graphs that hold other things than an encoder in floats.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="graph">The graph.</param>
    /// <exception cref="ModelFormatException">It has an operator that is none of an encoder's.</exception>
    public static void Require(string file, OnnxGraph graph)
    {
        foreach (OnnxNode node in graph.Nodes)
        {
            if (s_quantized.Any(part => node.Operator.Contains(part, StringComparison.OrdinalIgnoreCase)))
            {
                throw new ModelFormatException(
                    file, $"node '{node.Name}'", "a model in floats (import that, and quantize it here)", $"the quantized {node.Operator}");
            }

            bool isKnown = node.Domain.Length == 0 ? !s_foreign.Contains(node.Operator) : node.Domain == Fused && s_fused.Contains(node.Operator);
            if (!isKnown)
            {
                string domain = node.Domain.Length == 0 ? string.Empty : node.Domain + ".";
                throw new ModelFormatException(file, $"node '{node.Name}'", "an operator of an encoder", domain + node.Operator);
            }
        }
    }

    /// <summary>Says whether a node multiplies by a matrix that may be constant.</summary>
    public static bool IsProduct(OnnxNode node) => node.Operator is "MatMul" or "Gemm" or "FusedMatMul" or "FusedGemm";
}
