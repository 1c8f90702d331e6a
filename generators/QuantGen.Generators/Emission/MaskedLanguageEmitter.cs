using System.Globalization;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>Emits the head of a masked language model in two parts: the transform of the wanted tokens, and their outputs, some words at a time.</summary>
internal static class MaskedLanguageEmitter
{
    /// <summary>Words that one item decodes: their values stay in the cache while every wanted token meets them.</summary>
    public const int WordsPerItem = 64;

    public static void Emit(SourceWriter w, ModelPlan plan)
    {
        ModelSpec model = plan.Model;
        string transform = PackedLayout.MaskedLanguageTransform;
        string gelu = model.Dimensions.HiddenActivation == HiddenActivation.Gelu ? "Erf" : "Tanh";
        w.Lines($$"""
            // {{transform}} for some of the wanted tokens.
            private static void TransformHead(ForwardPass pass, int worker, int first, int count)
            {
                pass.Enter(worker, OperatorClass.{{ProfileMark.Head}}, (long)count * EmbeddingSize * HiddenSize);
                for (int i = first; i < first + count; i++)
                {
                    ref float transformed = ref Unsafe.Add(ref pass.Shared(Transformed), (nint)i * EmbeddingSize);
                    Dense.Apply(
                        ref Unsafe.Add(ref pass.Shared(Hidden), (nint)pass.HeadTokens[i] * HiddenSize), HiddenSize, 1,
                        ref pass.WeightFloats({{Identifier.Of(transform + ".dense.weight")}}), ref pass.WeightFloats({{Identifier.Of(transform + ".dense.bias")}}), HiddenSize, EmbeddingSize,
                        ref transformed, EmbeddingSize);
                    Gelu.{{gelu}}(ref transformed, EmbeddingSize);
                    LayerNorm.Normalize(
                        ref transformed, ref pass.WeightFloats({{Identifier.Of(transform + ".LayerNorm.weight")}}), ref pass.WeightFloats({{Identifier.Of(transform + ".LayerNorm.bias")}}),
                        LayerNormEpsilon, EmbeddingSize, ref transformed);
                }
            }

            // Some words' outputs for all wanted tokens; the weights are the word embedding's values.
            private static void DecodeHead(ForwardPass pass, int worker, int item)
            {
                int first = item * {{N(WordsPerItem)}};
                int count = Math.Min({{N(WordsPerItem)}}, {{N(model.Dimensions.VocabularySize)}} - first);
                pass.Enter(worker, OperatorClass.{{ProfileMark.Head}}, (long)pass.HeadTokens.Length * count * EmbeddingSize);
            {{Words(model)}}    Dense.Apply(
                    ref pass.Shared(Transformed), EmbeddingSize, pass.HeadTokens.Length,
                    ref words, ref Unsafe.Add(ref pass.WeightFloats({{Identifier.Of(PackedLayout.MaskedLanguageBias)}}), first), EmbeddingSize, count,
                    ref pass.Result(first), {{N(model.Dimensions.VocabularySize)}});
            }

            """);
    }

    private static string Words(ModelSpec model)
    {
        string place = Identifier.Of(PackedLayout.WordEmbedding + (model.EmbeddingBits == 32 ? ".weight" : ".codes"));
        if (model.EmbeddingBits == 32)
        {
            return $"    ref float words = ref Unsafe.Add(ref pass.WeightFloats({place}), (nint)first * EmbeddingSize);\n";
        }

        string row = $"ref Unsafe.Add(ref pass.Weights({place}), (nint)(first + i) * {N(MatrixSpec.RowBytes(model.Dimensions.EmbeddingSize, model.EmbeddingBits))}), {N(model.EmbeddingBits)}";
        string numbers = model.HasEmbeddingCodebook
            ? $"ref pass.WeightFloats({Identifier.Of(PackedLayout.WordEmbedding + ".codebook")})"
            : $"Unsafe.Add(ref pass.WeightFloats({Identifier.Of(PackedLayout.WordEmbedding + ".scales")}), first + i)";
        return $$"""
                ref float words = ref pass.LocalFloats(worker, Words);
                for (int i = 0; i < count; i++)
                {
                    Embedding.{{(model.HasEmbeddingCodebook ? "WordOfCodebook" : "Word")}}(
                        {{row}}, {{numbers}}, EmbeddingSize, ref Unsafe.Add(ref words, i * EmbeddingSize));
                }


            """;
    }

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
