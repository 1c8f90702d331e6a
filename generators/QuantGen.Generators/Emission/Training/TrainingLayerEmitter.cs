using QuantGen.Specs;
using static QuantGen.Generators.Emission.Training.TrainingEmitter;

namespace QuantGen.Generators.Emission.Training;

/// <summary>Emits one distinct encoder layer forwards and backwards.</summary>
internal sealed class TrainingLayerEmitter(ModelSpec model, int block)
{
    private bool IsShared => model.UsesPerBlock > 1;

    private string Use => IsShared ? "use" : N(block);

    private string NextUse => IsShared ? "use + 1" : N(block + 1);

    private string Parameters => IsShared ? "int use" : string.Empty;

    private string Gelu => model.Dimensions.HiddenActivation == HiddenActivation.Gelu ? "GeluErf" : "GeluTanh";

    public void Emit(SourceWriter w)
    {
        w.Lines($"// Layer {N(block)}: attention and feed-forward, each ending in dropout, residual and normalization.");
        using (w.Block($"private void Layer{N(block)}Forward({Parameters})"))
        {
            w.Lines($"""
                LayerActivations layer = _layers[{Use}];
                float[] hidden = Trace.Hidden[{Use}];
                """);
            AttentionForward(w);
            FeedForward(w);
        }

        w.Blank();
        w.Lines($"// Layer {N(block)} backwards: from the gradient of its output to that of its input, in the same buffer.");
        using (w.Block($"private void Layer{N(block)}Backward({Parameters})"))
        {
            w.Lines($"""
                LayerActivations layer = _layers[{Use}];
                BackwardBuffers g = _gradients;
                float[] hidden = Trace.Hidden[{Use}];
                long states = (long)Pass.Tokens * HiddenSize;
                """);
            FeedBackward(w);
            AttentionBackward(w);
            w.Lines($"AddTraceGradient(g.Hidden, {Use});");
        }

        w.Blank();
    }

    private void AttentionForward(SourceWriter w)
    {
        w.Lines($"\n// {Name("attention.self")}: query, key and value side by side.");
        Linear("attention.self", "hidden").Forward(w, output: "layer.Projected");

        w.Lines($"""
            _attention.Forward(Pass, layer.Projected, Trace.ScoreStarts, {Dropout(model, block, 0)}, {Operands}, {SiteUse}, Trace.Scores[{Use}], layer.Probabilities, layer.Context);

            // {Name("attention.output")}
            """);
        Linear("attention.output.dense", "layer.Context").Forward(w, output: "layer.AttentionSum");
        w.Lines($"{Norm("attention.output")}.Forward(Pass, layer.AttentionSum, hidden, {Dropout(model, block, 1)}, layer.Normalized);");
    }

    private void FeedForward(SourceWriter w)
    {
        w.Lines($"\n// {Name("intermediate")}");
        Linear("intermediate.dense", "layer.Normalized").Forward(w, output: "layer.Intermediate");
        w.Lines($"""
            TrainingOperators.{Gelu}(Pass, layer.Intermediate, layer.Activated, (long)Pass.Tokens * IntermediateSize);

            // {Name("output")}
            """);
        Linear("output.dense", "layer.Activated").Forward(w, output: "layer.OutputSum");
        w.Lines($"{Norm("output")}.Forward(Pass, layer.OutputSum, layer.Normalized, {Dropout(model, block, 2)}, Trace.Hidden[{NextUse}]);");
    }

    private void FeedBackward(SourceWriter w)
    {
        w.Lines($"""

            // {Name("output")}
            {Norm("output")}.Backward(Pass, Pass.Tokens, layer.OutputSum, g.Hidden);
            float[] branch = TrainingOperators.Drop(Pass, {Dropout(model, block, 2)}, g.Hidden, g.Branch, states);
            """);
        Linear("output.dense", "layer.Activated").Backward(w, output: "branch", gradient: "g.Intermediate");
        w.Lines($"""
            TrainingOperators.{Gelu}Backward(Pass, layer.Intermediate, g.Intermediate, (long)Pass.Tokens * IntermediateSize);

            // {Name("intermediate")}
            """);
        Linear("intermediate.dense", "layer.Normalized").Backward(w, output: "g.Intermediate", gradient: "g.Hidden", spare: "g.Input");
    }

    private void AttentionBackward(SourceWriter w)
    {
        w.Lines($"""

            // {Name("attention.output")}
            {Norm("attention.output")}.Backward(Pass, Pass.Tokens, layer.AttentionSum, g.Hidden);
            branch = TrainingOperators.Drop(Pass, {Dropout(model, block, 1)}, g.Hidden, g.Branch, states);
            """);
        Linear("attention.output.dense", "layer.Context").Backward(w, output: "branch", gradient: "g.Input");
        w.Lines($"""

            // {Name("attention.self")}
            _attention.Backward(
                Pass, layer.Projected, Trace.ScoreStarts, {Dropout(model, block, 0)}, {Operands}, {SiteUse}, TraceGradients.HasScores ? TraceGradients.Scores[{Use}] : null,
                layer.Probabilities, g.Input, g.Projected);
            """);
        Linear("attention.self", "hidden").Backward(w, output: "g.Projected", gradient: "g.Hidden", spare: "g.Input");
    }

    private TrainingLinear Linear(string site, string input) => new(Name(site), input, "Pass.Tokens", SiteUse);

    private string SiteUse => IsShared ? "use" : "0";

    private string Operands => model.HasQuantizedAttention ? Field(Name("attention.self.operands")) : "null";

    private string Name(string part) => SpecBuilder.LayerName(block, part);

    private string Norm(string part) => Field(Name(part) + ".LayerNorm");
}
