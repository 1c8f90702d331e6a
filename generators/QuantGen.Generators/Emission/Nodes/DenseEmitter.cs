using QuantGen.Generators.Emission.Training;
using QuantGen.Graph;

namespace QuantGen.Generators.Emission.Nodes;

/// <summary>Linear layers of heads, which always have full precision.</summary>
internal static class DenseEmitter
{
    public static void Infer(SourceWriter w, PartContext context, LinearNode node, bool isMarked)
    {
        string outputs = node.Output == Values.Logits ? PartContext.N(node.Rows) : context.Plan.SizeOf(node.Output);
        string inputs = context.Plan.SizeOf(node.Input);
        if (isMarked)
        {
            ProfileMark.Write(w, ProfileMark.Head, context.Count == "1" ? $"{outputs} * {inputs}" : $"(long){context.Count} * {outputs} * {inputs}");
        }

        string kernel = context.IsInteger ? "FixedDense" : "Dense";
        w.Lines($"{kernel}.Apply(ref {context.Ref(node.Input)}, {context.Stride(node.Input)}, {context.Count}, {context.NormWeights(node.Name)}, {inputs}, "
            + $"{outputs}, "
            + $"ref {context.Ref(node.Output)}, {outputs});");
    }

    public static void Forward(SourceWriter w, TrainingContext t, LinearNode node) => w.Lines(
        $"{TrainingEmitter.Field(node.Name)}.Forward(Pass, new LinearInput({t.Value(node.Input)}), {t.Rows}, new MatrixPlace({t.Value(node.Output)}, 0, "
        + $"{t.SizeOf(node.Output)}));");

    public static void Backward(SourceWriter w, TrainingContext t, LinearNode node) => w.Lines($"""
        {TrainingEmitter.Field(node.Name)}.Backward(
            Pass, new LinearInput({t.Value(node.Input)}), {t.Rows}, new MatrixPlace({t.Gradient(node.Output)}, 0, {t.SizeOf(node.Output)}),
            {t.Gradient(node.Input)}, accumulate: false);
        """);
}
