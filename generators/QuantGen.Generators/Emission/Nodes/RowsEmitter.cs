using QuantGen.Generators.Emission.Training;
using QuantGen.Graph;

namespace QuantGen.Generators.Emission.Nodes;

/// <summary>The rows that a head reads, and dropout on them, in training. A model that runs stands on its rows and drops nothing.</summary>
internal static class RowsEmitter
{
    public static void Forward(SourceWriter w, TrainingContext t, RowsNode node)
    {
        string states = $"Trace.Hidden[{PartContext.N(t.Plan.Graph.Depth)}]";
        string buffer = TrainingEmitter.Field(node.Output);
        w.Lines(node.Choice == RowChoice.FirstTokens
            ? $"TokenRows.GatherFirst(Pass, {states}, HiddenSize, {buffer});"
            : $"{t.Value(node.Output)} = TokenRows.GatherHead(Pass, {states}, HiddenSize, {buffer});");
    }

    public static void Backward(SourceWriter w, TrainingContext t, RowsNode node) => w.Lines(
        $"TokenRows.{(node.Choice == RowChoice.FirstTokens ? "AddFirst" : "AddHead")}(Pass, {t.Gradient(node.Output)}, HiddenSize, _gradients.Hidden);");

    public static void Forward(SourceWriter w, TrainingContext t, DropoutNode node) => w.Lines(
        $"{t.Value(node.Output)} = TrainingOperators.Drop(Pass, {t.Dropout(node)}, {t.Value(node.Input)}, {TrainingEmitter.Field(node.Output)}, "
        + $"{t.PassRows}, {t.SizeOf(node.Output)});");

    public static void Backward(SourceWriter w, TrainingContext t, DropoutNode node) => w.Lines(
        $"TrainingOperators.Drop(Pass, {t.Dropout(node)}, {t.Gradient(node.Output)}, {t.Gradient(node.Input)}, {t.PassRows}, {t.SizeOf(node.Output)});");
}
