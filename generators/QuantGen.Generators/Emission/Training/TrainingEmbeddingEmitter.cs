using QuantGen.Specs;

namespace QuantGen.Generators.Emission.Training;

/// <summary>Emits the embeddings and, for ALBERT, the map to the hidden width, forwards and backwards.</summary>
internal static class TrainingEmbeddingEmitter
{
    private const string Map = "encoder.embedding_hidden_mapping_in";

    public static void Emit(SourceWriter w, ModelSpec model)
    {
        var map = new TrainingLinear(Map, "_embedded", "Pass.Tokens", "0");
        bool albert = model.Dimensions.Architecture == BertArchitecture.Albert;
        string output = albert ? "_embedded" : "Trace.Hidden[0]";
        w.Lines("// Word, token type and position, added in that order, normalized and dropped.");
        using (w.Block("private void Embed()"))
        {
            w.Lines($"""
                _embeddings.Forward(Pass, _embeddingSum);
                _embeddingsLayerNorm.Forward(Pass, Pass.Tokens, _embeddingSum, {output});
                TrainingOperators.Drop(Pass, 0, {output}, {output}, (long)Pass.Tokens * EmbeddingSize);
                """);
            if (albert)
            {
                w.Lines($"\n// {Map}");
                map.Forward(w, output: "Trace.Hidden[0]");
            }
        }

        w.Blank();
        string gradient = albert ? "_embeddedGradient" : "_gradients.Hidden";
        w.Lines("// The same backwards: rows of the embeddings that the batch used get gradients.");
        using (w.Block("private void EmbedBackward()"))
        {
            if (albert)
            {
                w.Lines($"// {Map}");
                map.Backward(w, output: "_gradients.Hidden", gradient: "_embeddedGradient");
                w.Blank();
            }

            w.Lines($"""
                TrainingOperators.Drop(Pass, 0, {gradient}, {gradient}, (long)Pass.Tokens * EmbeddingSize);
                _embeddingsLayerNorm.Backward(Pass, Pass.Tokens, _embeddingSum, {gradient});
                _embeddings.Backward(Pass, {gradient});
                """);
        }

        w.Blank();
    }
}
