using QuantGen.Specs;
using static QuantGen.Generators.Emission.Training.TrainingEmitter;

namespace QuantGen.Generators.Emission.Training;

/// <summary>Emits what stands on top of the encoder, forwards and backwards.</summary>
internal static class TrainingHeadEmitter
{
    public static void Emit(SourceWriter w, ModelSpec model)
    {
        if (model.HasPooler)
        {
            Pooled(w, model);
        }
        else if (model.HasMaskedLanguageHead)
        {
            Masked(w, model);
        }
        else if (model.HasOutputLayer)
        {
            PerToken(w, model);
        }
    }

    private static void Pooled(SourceWriter w, ModelSpec model)
    {
        string last = N(model.Dimensions.Layers);
        var pooler = new TrainingLinear("pooler.dense", "_headInput", "Pass.Sequences", "0");
        w.Lines($"// Pooler, dropout and {model.OutputLayerName} for the first token of every sequence.");
        using (w.Block("private void HeadForward()"))
        {
            w.Lines($"TokenRows.GatherFirst(Pass, Trace.Hidden[{last}], HiddenSize, _headInput);");
            pooler.Forward(w, output: "_pooled");
            w.Lines($"""
                long count = (long)Pass.Sequences * HiddenSize;
                TrainingOperators.Tanh(Pass, _pooled, _pooled, count);
                float[] input = TrainingOperators.Drop(Pass, {HeadDropout(model)}, _pooled, _dropped, count);
                {Field(model.OutputLayerName)}.Forward(Pass, new LinearInput(input), Pass.Sequences, new MatrixPlace(Trace.Logits, 0, {N(model.OutputCount)}));
                """);
        }

        w.Blank();
        w.Lines("// The same backwards; first tokens' states get gradients.");
        using (w.Block("private void HeadBackward()"))
        {
            w.Lines($"""
                long count = (long)Pass.Sequences * HiddenSize;
                float[] input = Pass.HiddenDropout > 0f ? _dropped : _pooled;
                {Field(model.OutputLayerName)}.Backward(
                    Pass, new LinearInput(input), Pass.Sequences, new MatrixPlace(TraceGradients.Logits, 0, {N(model.OutputCount)}), _pooledGradient, accumulate: false);
                TrainingOperators.Drop(Pass, {HeadDropout(model)}, _pooledGradient, _pooledGradient, count);
                TrainingOperators.TanhBackward(Pass, _pooled, _pooledGradient, count);
                """);
            pooler.Backward(w, output: "_pooledGradient", gradient: "_headGradient");
            w.Lines("TokenRows.AddFirst(Pass, _headGradient, HiddenSize, _gradients.Hidden);");
        }
    }

    private static void PerToken(SourceWriter w, ModelSpec model)
    {
        string last = N(model.Dimensions.Layers);
        string layer = Field(model.OutputLayerName);
        bool drops = model.Head == BertHead.TokenClassification;
        w.Lines($"// {(drops ? "Dropout and " : string.Empty)}{model.OutputLayerName} for the batch's head tokens, or all.");
        using (w.Block("private void HeadForward()"))
        {
            w.Lines($"_headStates = TokenRows.GatherHead(Pass, Trace.Hidden[{last}], HiddenSize, _headInput);");
            if (drops)
            {
                w.Lines($"_headStates = TrainingOperators.Drop(Pass, {HeadDropout(model)}, _headStates, _headInput, (long)Trace.LogitRows * HiddenSize);");
            }

            w.Lines($"{layer}.Forward(Pass, new LinearInput(_headStates), Trace.LogitRows, new MatrixPlace(Trace.Logits, 0, {N(model.OutputCount)}));");
        }

        w.Blank();
        w.Lines("// The same backwards.");
        using (w.Block("private void HeadBackward()"))
        {
            w.Lines($"""
                {layer}.Backward(
                    Pass, new LinearInput(_headStates), Trace.LogitRows, new MatrixPlace(TraceGradients.Logits, 0, {N(model.OutputCount)}), _headGradient, accumulate: false);
                """);
            if (drops)
            {
                w.Lines($"TrainingOperators.Drop(Pass, {HeadDropout(model)}, _headGradient, _headGradient, (long)Trace.LogitRows * HiddenSize);");
            }

            w.Lines("TokenRows.AddHead(Pass, _headGradient, HiddenSize, _gradients.Hidden);");
        }
    }

    private static void Masked(SourceWriter w, ModelSpec model)
    {
        string last = N(model.Dimensions.Layers);
        string dense = Field(PackedLayout.MaskedLanguageTransform + ".dense");
        string norm = Field(PackedLayout.MaskedLanguageTransform + ".LayerNorm");
        string decoder = Field("cls.predictions.decoder");
        string gelu = model.Dimensions.HiddenActivation == HiddenActivation.Gelu ? "GeluErf" : "GeluTanh";
        w.Lines("// Transform, normalization and the word embedding as weights, for the batch's head tokens or all.");
        using (w.Block("private void HeadForward()"))
        {
            w.Lines($"""
                _headStates = TokenRows.GatherHead(Pass, Trace.Hidden[{last}], HiddenSize, _headInput);
                {dense}.Forward(Pass, new LinearInput(_headStates), Trace.LogitRows, new MatrixPlace(_transformed, 0, EmbeddingSize));
                TrainingOperators.{gelu}(Pass, _transformed, _activated, (long)Trace.LogitRows * EmbeddingSize);
                {norm}.Forward(Pass, Trace.LogitRows, _activated, _predicted);
                {decoder}.Forward(Pass, _predicted, Trace.LogitRows, Trace.Logits);
                """);
        }

        w.Blank();
        w.Lines("// The same backwards.");
        using (w.Block("private void HeadBackward()"))
        {
            w.Lines($"""
                {decoder}.Backward(Pass, _predicted, Trace.LogitRows, TraceGradients.Logits, _predictedGradient);
                {norm}.Backward(Pass, Trace.LogitRows, _activated, _predictedGradient);
                TrainingOperators.{gelu}Backward(Pass, _transformed, _predictedGradient, (long)Trace.LogitRows * EmbeddingSize);
                {dense}.Backward(Pass, new LinearInput(_headStates), Trace.LogitRows, new MatrixPlace(_predictedGradient, 0, EmbeddingSize), _headGradient, accumulate: false);
                TokenRows.AddHead(Pass, _headGradient, HiddenSize, _gradients.Hidden);
                """);
        }
    }
}
