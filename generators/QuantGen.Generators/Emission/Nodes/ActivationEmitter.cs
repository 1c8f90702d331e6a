using QuantGen.Generators.Emission.Training;
using QuantGen.Graph;

namespace QuantGen.Generators.Emission.Nodes;

/// <summary>A function of each number, in place when a model runs.</summary>
internal static class ActivationEmitter
{
    public static void Infer(SourceWriter w, PartContext context, ActivationNode node, bool isMarked)
    {
        if (isMarked)
        {
            ProfileMark.Write(w, context.Part.Kind == PartKind.Head ? ProfileMark.Head : ProfileMark.Activation);
        }

        string size = context.Plan.SizeOf(node.Output);
        string functions = context.IsInteger ? "FixedFunctions" : "Activation";
        w.Lines($"{functions}.{node.Function}(ref {context.Ref(node.Input)}, {(context.Count == "1" ? size : context.Count + " * " + size)});");
    }

    public static void Forward(SourceWriter w, TrainingContext t, ActivationNode node) => w.Lines(
        $"TrainingOperators.Activate(Pass, HiddenActivation.{node.Function}, {t.Value(node.Input)}, {t.Value(node.Output)}, "
        + $"(long){t.Rows} * {t.SizeOf(node.Output)});");

    public static void Backward(SourceWriter w, TrainingContext t, ActivationNode node) => w.Lines($"""
        TrainingOperators.ActivateBackward(
            Pass, HiddenActivation.{node.Function}, {t.Value(node.Input)}, {t.Value(node.Output)}, {t.Gradient(node.Output)},
            (long){t.Rows} * {t.SizeOf(node.Output)});
        """);
}
