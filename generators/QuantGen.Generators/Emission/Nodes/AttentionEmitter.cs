using QuantGen.Generators.Emission.Plans;
using QuantGen.Generators.Emission.Training;
using QuantGen.Graph;
using QuantGen.Specs;
using static QuantGen.Generators.Emission.Nodes.PartContext;

namespace QuantGen.Generators.Emission.Nodes;

/// <summary>Attention: one method for all layers, which runs one head over one sequence.</summary>
internal static class AttentionEmitter
{
    /// <summary>Emits the method.</summary>
    public static void Infer(SourceWriter w, ModelPlan plan)
    {
        bool isQuantized = plan.Model.HasQuantizedAttention;
        bool isBoolean = plan.Model.Attention == AttentionKind.Boolean;
        bool isInteger = plan.Model.IsInteger;
        (string number, string shared) = isInteger ? ("int", "Integers") : ("float", string.Empty);
        string queries = plan.Graph.IsPooled ? "isFirstOnly ? 1 : length" : "length";
        string parameters = (plan.Graph.IsPooled ? ", bool isFirstOnly"  : string.Empty)
            + (isInteger ? ", long layer" : !isQuantized ? string.Empty
            : ", long layer, int site, int use" + (plan.Model.ShowsRounding ? ", int denominator" : string.Empty));
        w.Lines($$"""
            // One head of one sequence. Only this item reads its slice of the queries, so the context takes their place.
            private static void Attend(ForwardPass pass, int worker, int item{{parameters}})
            {
                int sequence = item / HeadCount;
                int head = item % HeadCount;
                int first = pass.Starts[sequence];
                int length = pass.Starts[sequence + 1] - first;
                int queries = {{queries}};
                pass.Enter(worker, OperatorClass.{{ProfileMark.Attention}}{{(isQuantized || isBoolean ? string.Empty : ", 2L * queries * length * HeadSize")}});
                ref {{number}} query = ref Unsafe.Add(ref pass.Shared{{shared}}(Projected), ((nint)first * ProjectedStride) + (head * HeadSize));
                ref {{number}} key = ref Unsafe.Add(ref query, {{ModelPlan.AttentionSizeOf(plan.Model)}});
                ref {{number}} value = ref Unsafe.Add(ref query, 2 * {{ModelPlan.AttentionSizeOf(plan.Model)}});
                ref float scratch = ref pass.LocalFloats(worker, AttentionScratch);
            """);
        w.Lines(isBoolean ? """
                BooleanAttention.Run(
                    ref query, ref key, ref value, ProjectedStride,
                    queries, length, HeadSize, ref scratch, ref query, ProjectedStride);
            }

            """ : isInteger ? $$"""
                FixedAttention.Run(
                    ref query, ref key, ref value, ProjectedStride, queries, length, HeadSize,
                    ref pass.WeightIntegers(layer + InLayer.{{Identifier.Of(WeightLayout.PartOf(plan.Graph.Attention(0).Operands[0]) + ".input_scale")}}),
                    ref scratch, ref query, ProjectedStride);
            }

            """ : plan.Model.ShowsRounding ? RoundingAttention(plan) : isQuantized ? """
                if (pass.Observer is not null)
                {
                    // Calibration sees what would be quantized, and goes on in full precision.
                    AttentionProbe.Run(
                        pass, site, use, ref query, ref key, ref value, ProjectedStride, queries, length, HeadSize, AttentionScale,
                        ref scratch, ref query, ProjectedStride);
                    return;
                }

                QuantizedAttention.Run(
                    ref query, ref key, ref value, ProjectedStride, queries, length, HeadSize, Operands(pass, layer, use),
                    ref scratch, ref query, ProjectedStride);
            }

            """ : """
                Attention.Run(
                    ref query, ref key, ref value, ProjectedStride,
                    queries, length, HeadSize, AttentionScale, ref scratch, ref query, ProjectedStride);
            }

            """);
        if (isQuantized && !isInteger)
        {
            Operands(w, plan);
        }
    }

    /// <summary>Gets the call of the method for one use of a layer, as code.</summary>
    public static string Call(ModelPlan plan, PhasePart part)
    {
        string arguments = "pass, worker, item";
        if (plan.Graph.IsPooled)
        {
            arguments += ", isFirstOnly: " + (part.FirstTokens.Count > 0 ? "true" : "false");
        }

        if (plan.Model.IsInteger)
        {
            arguments += $", layer: {plan.Weights.Layers[part.Layer].Name}";
        }
        else if (plan.Model.HasQuantizedAttention)
        {
            int site = plan.Model.ActivationSites().Count + (4 * part.Layer);
            arguments += $", layer: {plan.Weights.Layers[part.Layer].Name}, site: {N(site)}, use: {N(plan.Graph.IsShared ? part.Use : 0)}";
            if (RoundingCall.Of(plan, plan.Graph.Attention(part.Layer).Name) is RoundingCall rounding)
            {
                arguments += $", denominator: {N(rounding.Site)}";
            }
        }

        return $"Attend({arguments});";
    }

    public static void Forward(SourceWriter w, TrainingContext t, AttentionNode node) => w.Lines($"""
        _attention.Forward(
            Pass, layer.Projected, Trace.ScoreStarts, dropout: {t.Dropout(node)}, {Sites(t, node)}, use: {t.SiteUse},
            scores: Trace.Scores[{t.Use}], layer.Probabilities, layer.Context);
        Show(layer.Projected, layer: {t.Use});
        """);

    public static void Backward(SourceWriter w, TrainingContext t, AttentionNode node) => w.Lines($"""
        _attention.Backward(
            Pass, layer.Projected, Trace.ScoreStarts, dropout: {t.Dropout(node)}, {Sites(t, node)}, use: {t.SiteUse},
            TraceGradients.HasScores ? TraceGradients.Scores[{t.Use}] : null, layer.Probabilities, {t.Gradient(node.Output)}, g.Projected);
        AddProjectedGradient(g.Projected, layer: {t.Use});
        """);

    private static string Sites(TrainingContext t, AttentionNode node) =>
        t.Plan.Model.HasQuantizedAttention ? TrainingEmitter.Field(node.Name + ".operands") : "null";

    // In floats nothing is multiplied that calibration does not see.
    private static string RoundingAttention(ModelPlan plan)
    {
        string bits = $"bits: {N(plan.Model.AttentionBits)}";
        string range = $"ref pass.WeightFloats(layer + InLayer.{Identifier.Of(WeightLayout.PartOf(plan.Graph.Attention(0).Name) + RoundingPlace.Ranges)})";
        string run = plan.Model.IsRounded
            ? $$"""
            RoundedAttention.Run(
                ref query, ref key, ref value, ProjectedStride, queries, length, HeadSize, Operands(pass, layer, use),
                {{range}}, {{bits}}, ref scratch, ref query, ProjectedStride);
            """
            : """
            Attention.Run(
                ref query, ref key, ref value, ProjectedStride,
                queries, length, HeadSize, AttentionScale, ref scratch, ref query, ProjectedStride);
            """;
        return $$"""
                if (pass.Observer is not null)
                {
                    // Calibration sees what would be rounded, and goes on in full precision.
                    RoundingProbe.Attention(
                        pass, site, denominator, ref query, ref key, ref value, ProjectedStride, queries, length, HeadSize, AttentionScale,
                        ref scratch, ref query);
                    return;
                }

                {{run.Replace("\n", "\n    ")}}
            }

            """;
    }

    private static void Operands(SourceWriter w, ModelPlan plan)
    {
        if (plan.Model.IsRounded)
        {
            string Place(string name, string end) => $"layer + InLayer.{Identifier.Of(WeightLayout.PartOf(name) + end)}";
            string Number(string name, string end) => $"pass.WeightFloats({Place(name, end)})";
            string bits = $"bits: {N(plan.Model.AttentionBits)}";
            IReadOnlyList<string> names = plan.Graph.Attention(0).Operands;
            IEnumerable<string> centered = names.Take(names.Count - 1).Select(name =>
                $"ActivationParameters.FromCenter({Number(name, ".input_scale")}, {Number(name, ".input_center")}, {bits})");
            w.Lines($"""
                // How a layer's query, key, value and probabilities become codes; those of probabilities count from 0.
                private static AttentionOperands Operands(ForwardPass pass, long layer, int use) => new(
                    {string.Join(",\n    ", centered)},
                    ActivationParameters.FromScale({Number(names[names.Count - 1], ".input_scale")}, zeroPoint: 0, {bits}),
                    AttentionScale);
                """);
            return;
        }

        string Operand(string name) =>
            $"Operand(pass, layer + InLayer.{Identifier.Of(WeightLayout.PartOf(name) + ".input_scale")}, "
            + $"layer + InLayer.{Identifier.Of(WeightLayout.PartOf(name) + ".input_zero_point")}, use)";
        string operands = string.Join(",\n    ", plan.Graph.Attention(0).Operands.Select(Operand));
        w.Lines($"""
            // How a layer's query, key, value and probabilities become codes.
            private static AttentionOperands Operands(ForwardPass pass, long layer, int use) => new(
                {operands},
                AttentionScale);

            private static ActivationParameters Operand(ForwardPass pass, long scale, long zeroPoint, int use) =>
                ActivationParameters.FromScale(
                    Unsafe.Add(ref pass.WeightFloats(scale), use), Unsafe.Add(ref pass.WeightIntegers(zeroPoint), use), bits: {N(plan.Model.AttentionBits)});
            """);
    }
}
