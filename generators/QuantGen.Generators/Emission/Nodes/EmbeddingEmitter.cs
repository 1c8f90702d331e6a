using QuantGen.Generators.Emission.Training;
using QuantGen.Graph;
using QuantGen.Specs;
using static QuantGen.Generators.Emission.Nodes.PartContext;

namespace QuantGen.Generators.Emission.Nodes;

/// <summary>The sum of a token's embeddings and its normalization, which one kernel computes.</summary>
internal static class EmbeddingEmitter
{
    public static void Infer(SourceWriter w, PartContext context, EmbeddingNode node, NormNode norm)
    {
        ModelSpec model = context.Plan.Model;
        ProfileMark.Write(w, ProfileMark.Embedding);
        if (model.IsInteger)
        {
            Integers(w, context, node, norm);
            return;
        }

        if (context.Rounding(RoundingPlace.Embeddings) is RoundingCall rounding)
        {
            RoundingEmitter.Embedding(w, context, node, norm, rounding);
            return;
        }

        if (model.HasQuantizedPositions)
        {
            Codes(w, context, node, norm);
            return;
        }

        int bits = model.EmbeddingBits;
        int rowBytes = bits == 32 ? node.Columns * 4 : MatrixSpec.RowBytes(node.Columns, bits);
        string words = Identifier.Of(PackedLayout.WordEmbedding + (bits == 32 ? ".weight" : ".codes"));
        string scale = bits == 32 ? "1f" : $"Unsafe.Add(ref pass.WeightFloats({Identifier.Of(PackedLayout.WordEmbedding + ".scales")}), id)";
        string method = model.HasEmbeddingCodebook ? "RunCodebook" : model.HasEmbeddingPair ? "RunPair" : "Run";
        string second = $"id + {N(node.Words)}";
        string numbers = model.HasEmbeddingCodebook
            ? $"{N(bits)}, ref pass.WeightFloats({Identifier.Of(PackedLayout.WordEmbedding + ".codebook")})"
            : model.HasEmbeddingPair
            ? $"{scale},\n        ref Unsafe.Add(ref pass.Weights({words}), (nint)({second}) * {N(rowBytes)}), {scale.Replace("), id)", $"), {second})")}"
            : $"{N(bits)}, {scale}";
        string types = node.Types == 0 ? "Unsafe.NullRef<float>(), // tokens have no types"
            : $"Unsafe.Add(ref pass.WeightFloats({Identifier.Of(PackedLayout.TypeEmbedding + ".weight")}), pass.Types[token] * EmbeddingSize),";
        w.Lines($$"""
            for (int i = 0; i < count; i++)
            {
                int token = first + i;
                int id = pass.Ids[token];
                Embedding.{{method}}(
                    ref Unsafe.Add(ref pass.Weights({{words}}), (nint)id * {{N(rowBytes)}}), {{numbers}},
                    ref {{types}}
                    ref Unsafe.Add(ref pass.WeightFloats({{Identifier.Of(PackedLayout.PositionEmbedding + ".weight")}}), pass.Positions[token] * EmbeddingSize),
                    {{context.NormWeights(norm.Name)}},
                    LayerNormEpsilon, EmbeddingSize, ref Unsafe.Add(ref {{context.Ref(norm.Output)}}, (nint)i * EmbeddingSize));
            }
            """);
    }

    private static void Integers(SourceWriter w, PartContext context, EmbeddingNode node, NormNode norm)
    {
        int bits = context.Plan.Model.EmbeddingBits;
        int rowBytes = bits == 32 ? node.Columns * 4 : MatrixSpec.RowBytes(node.Columns, bits);
        string words = Identifier.Of(PackedLayout.WordEmbedding + (bits == 32 ? ".weight" : ".codes"));
        string scales = bits == 32 ? string.Empty : $"pass.WeightIntegers({Identifier.Of(PackedLayout.WordEmbedding + ".scales")})";
        string scale = bits == 32 ? "1, 1" : $"Unsafe.Add(ref {scales}, id), Unsafe.Add(ref {scales}, {N(node.Words)})";
        string types = node.Types == 0 ? "ref Unsafe.NullRef<int>(), // tokens have no types"
            : $"ref Unsafe.Add(ref {context.Weights(PackedLayout.TypeEmbedding + ".weight")}, pass.Types[token] * EmbeddingSize),";
        w.Lines($$"""
            for (int i = 0; i < count; i++)
            {
                int token = first + i;
                int id = pass.Ids[token];
                FixedEmbedding.Run(
                    ref Unsafe.Add(ref pass.Weights({{words}}), (nint)id * {{N(rowBytes)}}), {{N(bits)}}, {{scale}},
                    {{types}}
                    ref Unsafe.Add(ref {{context.Weights(PackedLayout.PositionEmbedding + ".weight")}}, pass.Positions[token] * EmbeddingSize),
                    {{context.NormWeights(norm.Name)}},
                    EmbeddingSize, ref Unsafe.Add(ref {{context.Ref(norm.Output)}}, (nint)i * EmbeddingSize));
            }
            """);
    }

    // The word's values first, whatever they are stored as, where the sum will be.
    private static void Codes(SourceWriter w, PartContext context, EmbeddingNode node, NormNode norm)
    {
        ModelSpec model = context.Plan.Model;
        string word = "ref output";
        string values = string.Empty;
        if (model.HasQuantizedEmbedding)
        {
            (string method, string words) = WordEmitter.Values(model, "id");
            values = $"    Embedding.{method}(\n        {words},\n        EmbeddingSize, ref output);\n";
        }
        else
        {
            word = WordEmitter.Floats("id");
        }

        string types = node.Types == 0 ? "ref Unsafe.NullRef<byte>(), 0f, // tokens have no types" : Row(PackedLayout.TypeEmbedding, "pass.Types[token]");
        w.Lines($$"""
            for (int i = 0; i < count; i++)
            {
                int token = first + i;
                int id = pass.Ids[token];
                ref float output = ref Unsafe.Add(ref {{context.Ref(norm.Output)}}, (nint)i * EmbeddingSize);
            {{values}}    Embedding.RunCodes(
                    {{word}},
                    {{types}}
                    {{Row(PackedLayout.PositionEmbedding, "pass.Positions[token]")}}
                    {{context.NormWeights(norm.Name)}},
                    LayerNormEpsilon, EmbeddingSize, ref output);
            }
            """);
    }

    private static string Row(string table, string index) =>
        $"ref Unsafe.Add(ref pass.Weights({Identifier.Of(table + ".codes")}), {index} * EmbeddingSize), "
        + $"Unsafe.Add(ref pass.WeightFloats({Identifier.Of(table + ".scales")}), {index}),";

    /// <summary>Emits the training forward pass of all steps before the first layer.</summary>
    public static void Forward(SourceWriter w, IReadOnlyList<Node> steps)
    {
        NormNode norm = steps.OfType<NormNode>().First();
        string output = steps.Count > 3 ? "_embedded" : "Trace.Hidden[0]";
        w.Lines($"""
            _embeddings.Forward(Pass, _embeddingSum);
            {TrainingEmitter.Field(norm.Name)}.Forward(Pass, Pass.TokenRows, _embeddingSum, {output});
            TrainingOperators.Drop(Pass, 0, {output}, {output}, Pass.TokenRows, EmbeddingSize);
            """);
        foreach (LinearNode projection in steps.OfType<LinearNode>())
        {
            w.Lines($"{TrainingEmitter.Field(projection.Site)}.Forward(Pass, _embedded, tokens: Pass.Tokens, use: 0, output: Trace.Hidden[0]);");
        }
    }

    /// <summary>Emits the backward pass: rows of the embeddings that the batch used get gradients.</summary>
    public static void Backward(SourceWriter w, IReadOnlyList<Node> steps)
    {
        NormNode norm = steps.OfType<NormNode>().First();
        string gradient = steps.Count > 3 ? "_embeddedGradient" : "_gradients.Hidden";
        foreach (LinearNode projection in steps.OfType<LinearNode>())
        {
            w.Lines($"""
                {TrainingEmitter.Field(projection.Site)}.Backward(
                    Pass, _embedded, tokens: Pass.Tokens, use: 0, outputGradient: _gradients.Hidden, inputGradient: _embeddedGradient, spare: null);
                """);
        }

        w.Lines($"""
            TrainingOperators.Drop(Pass, 0, {gradient}, {gradient}, Pass.TokenRows, EmbeddingSize);
            {TrainingEmitter.Field(norm.Name)}.Backward(Pass, Pass.TokenRows, _embeddingSum, {gradient});
            _embeddings.Backward(Pass, {gradient});
            """);
    }
}
