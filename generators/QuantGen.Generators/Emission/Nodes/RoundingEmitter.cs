using QuantGen.Graph;
using QuantGen.Specs;
using static QuantGen.Generators.Emission.Nodes.PartContext;

namespace QuantGen.Generators.Emission.Nodes;

/// <summary>The sum of a token's embeddings and its normalization, where both are rounded, or shown to calibration in floats.</summary>
internal static class RoundingEmitter
{
    /// <summary>Emits the loop over tokens.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="context">The method.</param>
    /// <param name="node">The embedding.</param>
    /// <param name="norm">Its normalization.</param>
    /// <param name="rounding">What the call says.</param>
    public static void Embedding(SourceWriter w, PartContext context, EmbeddingNode node, NormNode norm, RoundingCall rounding)
    {
        using (w.Block("for (int i = 0; i < count; i++)"))
        {
            w.Lines($"""
                int token = first + i;
                int id = pass.Ids[token];
                ref float output = ref Unsafe.Add(ref {context.Ref(norm.Output)}, (nint)i * EmbeddingSize);
                """);
            if (context.Plan.Model.IsRounded)
            {
                Codes(w, context, node, norm, rounding);
            }
            else
            {
                w.Lines($"""
                    RoundingProbe.Embedding(
                        pass, site: {N(rounding.Site)}, {WordEmitter.Floats("id")},
                        {(node.Types == 0 ? "ref Unsafe.NullRef<float>(), // tokens have no types" : Floats(PackedLayout.TypeEmbedding, "pass.Types[token]"))}
                        {Floats(PackedLayout.PositionEmbedding, "pass.Positions[token]")}
                        {context.NormWeights(norm.Name)},
                        LayerNormEpsilon, EmbeddingSize, ref output);
                    """);
            }
        }
    }

    // The word's codes first, scaled, where the sum will be.
    private static void Codes(SourceWriter w, PartContext context, EmbeddingNode node, NormNode norm, RoundingCall rounding)
    {
        (string method, string words) = WordEmitter.Values(context.Plan.Model, "id");
        string type = node.Types == 0 ? string.Empty : $"\n    + {Number(PackedLayout.TypeEmbedding, ".centers", "pass.Types[token]")}";
        string types = node.Types == 0 ? "ref Unsafe.NullRef<byte>(), 0f, // tokens have no types" : Row(PackedLayout.TypeEmbedding, "pass.Types[token]");
        w.Lines($"""
            Embedding.{method}(
                {words},
                EmbeddingSize, ref output);
            float centers = {Number(PackedLayout.WordEmbedding, ".centers", "id")}{type}
                + {Number(PackedLayout.PositionEmbedding, ".centers", "pass.Positions[token]")};
            {rounding.Type}.Embedding(
                pass, site: {N(rounding.Site)}, ref output,
                {types}
                {Row(PackedLayout.PositionEmbedding, "pass.Positions[token]")}
                centers, {RoundingCall.Range(context.Plan, RoundingPlace.Embeddings)},
                {context.NormWeights(norm.Name)},
                LayerNormEpsilon, EmbeddingSize{context.Rounding(norm.Name)!.Ranges});
            """);
    }

    private static string Floats(string table, string index) =>
        $"ref Unsafe.Add(ref pass.WeightFloats({Identifier.Of(table + ".weight")}), {index} * EmbeddingSize),";

    private static string Row(string table, string index) =>
        $"ref Unsafe.Add(ref pass.Weights({Identifier.Of(table + ".codes")}), {index} * EmbeddingSize), {Number(table, ".scales", index)},";

    private static string Number(string table, string member, string index) =>
        $"Unsafe.Add(ref pass.WeightFloats({Identifier.Of(table + member)}), {index})";
}
