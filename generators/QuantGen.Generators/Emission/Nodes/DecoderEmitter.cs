using QuantGen.Generators.Emission.Plans;
using QuantGen.Generators.Emission.Training;
using QuantGen.Graph;
using QuantGen.Specs;
using static QuantGen.Generators.Emission.Nodes.PartContext;

namespace QuantGen.Generators.Emission.Nodes;

/// <summary>The decoder of a masked language model: some words at a time, for all wanted tokens.</summary>
internal static class DecoderEmitter
{
    /// <summary>Words that one item decodes: their values stay in the cache while every wanted token meets them.</summary>
    public const int WordsPerItem = 64;

    public static void Infer(SourceWriter w, ModelPlan plan, DecoderNode node)
    {
        string input = Identifier.Of(plan.Values.PlaceOf(node.Input));
        w.Lines($$"""
            private static void DecodeHead(ForwardPass pass, int worker, int item)
            {
                int first = item * {{N(WordsPerItem)}};
                int count = Math.Min({{N(WordsPerItem)}}, {{N(node.Words)}} - first);
                pass.Enter(worker, OperatorClass.{{ProfileMark.Head}}, (long)pass.HeadTokens.Length * count * EmbeddingSize);
            {{Words(plan.Model)}}    Dense.Apply(
                    ref pass.Shared({{input}}), EmbeddingSize, pass.HeadTokens.Length,
                    ref words, ref Unsafe.Add(ref pass.WeightFloats({{plan.Weights[node.Bias]}}), first), EmbeddingSize, count,
                    ref pass.Result(first), {{N(node.Words)}});
            }
            """);
    }

    public static void Forward(SourceWriter w, TrainingContext t, DecoderNode node) =>
        w.Lines($"{TrainingEmitter.DecoderField}.Forward(Pass, {t.Value(node.Input)}, {t.Rows}, Trace.Logits);");

    public static void Backward(SourceWriter w, TrainingContext t, DecoderNode node) =>
        w.Lines($"{TrainingEmitter.DecoderField}.Backward(Pass, {t.Value(node.Input)}, {t.Rows}, TraceGradients.Logits, {t.Gradient(node.Input)});");

    private static string Words(ModelSpec model)
    {
        if (!model.HasQuantizedEmbedding)
        {
            return $"    ref float words = {WordEmitter.Floats("first")};\n";
        }

        (string method, string words) = WordEmitter.Values(model, "first + i");
        return $$"""
                ref float words = ref pass.LocalFloats(worker, Words);
                for (int i = 0; i < count; i++)
                {
                    Embedding.{{method}}(
                        {{words}}, EmbeddingSize, ref Unsafe.Add(ref words, i * EmbeddingSize));
                }


            """;
    }
}
