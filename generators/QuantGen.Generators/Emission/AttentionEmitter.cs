using System.Globalization;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>Emits the attention of one head over one sequence; the context takes the place of the query that only this item reads.</summary>
internal static class AttentionEmitter
{
    public static void Emit(SourceWriter w, ModelPlan plan)
    {
        string queries = plan.Model.HasPooler ? $"phase == {N((2 * plan.Model.Dimensions.Layers) - 1)} ? 1 : length" : "length";
        bool isQuantized = plan.Model.HasQuantizedAttention;
        w.Lines($$"""
            // One head of one sequence. Only this item reads its slice of the queries, so the context takes their place.
            private static void Attend(ForwardPass pass, int phase, int worker, int item)
            {
                int sequence = item / HeadCount;
                int head = item % HeadCount;
                int first = pass.Starts[sequence];
                int length = pass.Starts[sequence + 1] - first;
                int queries = {{queries}};
                pass.Enter(worker, OperatorClass.{{ProfileMark.Attention}}{{(isQuantized ? string.Empty : ", 2L * queries * length * HeadSize")}});
                ref float query = ref Unsafe.Add(ref pass.Shared(Projected), ((nint)first * ProjectedStride) + (head * HeadSize));
            """);
        w.Lines(isQuantized ? Quantized(plan.Model) : """
                Attention.Run(
                    ref query, ref Unsafe.Add(ref query, HiddenSize), ref Unsafe.Add(ref query, 2 * HiddenSize), ProjectedStride,
                    queries, length, HeadSize, AttentionScale,
                    ref pass.LocalFloats(worker, AttentionScratch), ref query, ProjectedStride);
            }

            """);
        if (isQuantized)
        {
            Operands(w, plan.Model);
        }
    }

    private static string Quantized(ModelSpec model)
    {
        int linearSites = model.ActivationSites().Count;
        string site = model.UsesPerBlock > 1 ? N(linearSites) : $"{N(linearSites)} + (4 * (phase / 2))";
        string use = model.UsesPerBlock > 1 ? "phase / 2" : "0";
        return $$"""
                ref float key = ref Unsafe.Add(ref query, HiddenSize);
                ref float value = ref Unsafe.Add(ref query, 2 * HiddenSize);
                ref float scratch = ref pass.LocalFloats(worker, AttentionScratch);
                if (pass.Observer is not null)
                {
                    // Calibration sees what would be quantized, and goes on in full precision.
                    AttentionProbe.Run(
                        pass, {{site}}, {{use}}, ref query, ref key, ref value, ProjectedStride,
                        queries, length, HeadSize, AttentionScale, ref scratch, ref query, ProjectedStride);
                    return;
                }

                QuantizedAttention.Run(
                    ref query, ref key, ref value, ProjectedStride,
                    queries, length, HeadSize, Operands(pass, phase / 2),
                    ref scratch, ref query, ProjectedStride);
            }

            """;
    }

    private static void Operands(SourceWriter w, ModelSpec model)
    {
        w.Lines("// How a layer's query, key, value and probabilities become codes.");
        if (model.UsesPerBlock > 1)
        {
            w.Lines($"private static AttentionOperands Operands(ForwardPass pass, int layer) => {Operands(model, 0, "layer")};");
        }
        else
        {
            w.Lines("private static AttentionOperands Operands(ForwardPass pass, int layer) => layer switch");
            w.Lines("{");
            using (w.Indented())
            {
                for (int block = 0; block < model.BlockCount; block++)
                {
                    w.Lines($"{(block == model.BlockCount - 1 ? "_" : N(block))} => {Operands(model, block, "0")},");
                }
            }

            w.Lines("};");
        }

        w.Lines($"""

            private static ActivationParameters Operand(ForwardPass pass, long scale, long zeroPoint, int use) =>
                ActivationParameters.FromScale(Unsafe.Add(ref pass.WeightFloats(scale), use), Unsafe.Add(ref pass.WeightIntegers(zeroPoint), use), {N(model.AttentionBits)});

            """);
    }

    private static string Operands(ModelSpec model, int block, string use)
    {
        IEnumerable<string> operands = model.AttentionSites().Skip(4 * block).Take(4)
            .Select(site => $"\n    Operand(pass, {Identifier.Of(site.Name + ".input_scale")}, {Identifier.Of(site.Name + ".input_zero_point")}, {use}),");
        return $"new({string.Concat(operands)}\n    AttentionScale)";
    }

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
