using QuantGen.Generators.Emission.Training;
using QuantGen.Graph;
using static QuantGen.Generators.Emission.Nodes.PartContext;

namespace QuantGen.Generators.Emission.Nodes;

/// <summary>Layer normalization, alone or of a sum with the residual.</summary>
internal static class NormEmitter
{
    public static void Infer(SourceWriter w, PartContext context, NormNode node, bool isMarked)
    {
        if (isMarked)
        {
            ProfileMark.Write(w, ProfileMark.LayerNorm);
        }

        string size = context.Plan.SizeOf(node.Output);
        if (context.IsInteger)
        {
            w.Lines(node.Residual is null
                ? $"FixedLayerNorm.Normalize(ref {context.Ref(node.Input)}, {context.NormWeights(node.Name)}, {context.Count}, {size});"
                : $"FixedLayerNorm.AddAndNormalize(ref {context.Ref(node.Input)}, ref {context.Ref(node.Residual)}, {context.NormWeights(node.Name)}, "
                    + $"{context.Count}, {size}, ref {context.Ref(node.Output)});");
            return;
        }

        if (context.Rounding(node.Name) is RoundingCall rounding)
        {
            string residual = node.Residual is null ? "Unsafe.NullRef<float>()" : context.Ref(node.Residual);
            w.Lines($"{rounding.Type}.Norm(\n    pass, site: {N(rounding.Site)}, ref {context.Ref(node.Input)}, ref {residual}, "
                + $"{context.NormWeights(node.Name)}, LayerNormEpsilon, {context.Count}, {size}{rounding.Ranges}, ref {context.Ref(node.Output)});");
            return;
        }

        w.Lines(node.Residual is null
            ? $"LayerNorm.Normalize(ref {context.Ref(node.Input)}, {context.NormWeights(node.Name)}, LayerNormEpsilon, {size}, ref {context.Ref(node.Output)});"
            : $"NormRows.{(node.HasFactors ? "AddScaledAndNormalize" : "AddAndNormalize")}(ref {context.Ref(node.Input)}, ref {context.Ref(node.Residual)}, "
                + (node.HasFactors ? $"ref pass.WeightFloats({context.Plan.Weights[node.Factors]}), " : string.Empty)
                + $"{context.NormWeights(node.Name)}, "
                + $"LayerNormEpsilon, {context.Count}, {size}, ref {context.Ref(node.Output)});");
    }

    /// <summary>Emits the training forward pass of a layer's normalization, which drops what it adds.</summary>
    public static void Forward(SourceWriter w, TrainingContext t, NormNode node) => w.Lines(node.Residual is null
        ? $"{TrainingEmitter.Field(node.Name)}.Forward(Pass, {t.PassRows}, {t.Value(node.Input)}, {t.Result(node.Output)});"
        : $"{TrainingEmitter.Field(node.Name)}.Forward(Pass, {t.Value(node.Input)}, residual: {t.Value(node.Residual)}, dropout: {t.Dropout(node)}, output: "
            + $"{t.Result(node.Output)});");

    /// <summary>Emits the backward pass; with a residual the gradient stays in place for it, and a dropped copy goes to the branch.</summary>
    public static void Backward(SourceWriter w, TrainingContext t, NormNode node)
    {
        w.Lines($"{TrainingEmitter.Field(node.Name)}.Backward(Pass, {t.PassRows}, {t.Value(node.Input)}, {t.Gradient(node.Output)});");
        if (node.Residual is not null)
        {
            w.Lines($"branch = TrainingOperators.Drop(Pass, {t.Dropout(node)}, {t.Gradient(node.Output)}, g.Branch, {t.PassRows}, HiddenSize);");
        }
    }
}
