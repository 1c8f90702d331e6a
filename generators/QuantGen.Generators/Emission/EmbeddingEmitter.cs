using System.Globalization;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>Emits the embedding of some tokens and, for ALBERT, the map from embedding width to hidden width.</summary>
internal sealed class EmbeddingEmitter(ModelPlan plan)
{
    public void Emit(SourceWriter w)
    {
        bool albert = plan.Model.Dimensions.Architecture == BertArchitecture.Albert;
        int bits = plan.Model.EmbeddingBits;
        int rowBytes = bits == 32 ? plan.Model.Dimensions.EmbeddingSize * 4 : MatrixSpec.RowBytes(plan.Model.Dimensions.EmbeddingSize, bits);
        string words = Identifier.Of(PackedLayout.WordEmbedding + (bits == 32 ? ".weight" : ".codes"));
        string scale = bits == 32 ? "1f" : $"Unsafe.Add(ref pass.WeightFloats({Identifier.Of(PackedLayout.WordEmbedding + ".scales")}), id)";
        string numbers = bits.ToString(CultureInfo.InvariantCulture) + ", " + scale;
        string method = "Run";
        if (plan.Model.HasEmbeddingCodebook)
        {
            method = "RunCodebook";
            numbers = $"{bits.ToString(CultureInfo.InvariantCulture)}, ref pass.WeightFloats({Identifier.Of(PackedLayout.WordEmbedding + ".codebook")})";
        }

        string target = albert ? "ref pass.LocalFloats(worker, Embedded)" : "ref Unsafe.Add(ref pass.Shared(Hidden), (nint)first * HiddenSize)";
        w.Lines("// Word, token type and position, added in that order and normalized.");
        using (w.Block("private static void Embed(ForwardPass pass, int worker, int first, int count)"))
        {
            ProfileMark.Write(w, ProfileMark.Embedding);
            w.Lines($$"""
                ref float embedded = {{target}};
                for (int i = 0; i < count; i++)
                {
                    int token = first + i;
                    int id = pass.Ids[token];
                    Embedding.{{method}}(
                        ref Unsafe.Add(ref pass.Weights({{words}}), (nint)id * {{rowBytes.ToString(CultureInfo.InvariantCulture)}}), {{numbers}},
                        ref Unsafe.Add(ref pass.WeightFloats(EmbeddingsTokenTypeEmbeddingsWeight), pass.Types[token] * EmbeddingSize),
                        ref Unsafe.Add(ref pass.WeightFloats(EmbeddingsPositionEmbeddingsWeight), pass.Positions[token] * EmbeddingSize),
                        ref pass.WeightFloats(EmbeddingsLayerNormWeight), ref pass.WeightFloats(EmbeddingsLayerNormBias),
                        LayerNormEpsilon, EmbeddingSize, ref Unsafe.Add(ref embedded, (nint)i * EmbeddingSize));
                }
                """);
            if (albert)
            {
                MatrixSpec map = plan.Model.Matrix("encoder.embedding_hidden_mapping_in");
                w.Lines("""

                    // encoder.embedding_hidden_mapping_in
                    ref float hidden = ref Unsafe.Add(ref pass.Shared(Hidden), (nint)first * HiddenSize);
                    """);
                new LinearEmitter(plan).Emit(w, "embedded", "EmbeddingSize", new[] { (map, "hidden", "HiddenSize") }, "count", "0", ProfileMark.Embedding);
            }
        }

        w.Blank();
    }
}
