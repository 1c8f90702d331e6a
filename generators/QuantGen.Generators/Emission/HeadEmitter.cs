using System.Globalization;

namespace QuantGen.Generators.Emission;

/// <summary>Emits what stands on top of the encoder.</summary>
internal static class HeadEmitter
{
    public static void Emit(SourceWriter w, ModelPlan plan)
    {
        if (plan.Model.HasMaskedLanguageHead)
        {
            MaskedLanguageEmitter.Emit(w, plan);
        }

        if (!plan.Model.HasOutputLayer)
        {
            return;
        }

        string name = plan.Model.OutputLayerName;
        string outputs = plan.Model.OutputCount.ToString(CultureInfo.InvariantCulture);
        string weights = $"ref pass.WeightFloats({Identifier.Of(name + ".weight")}), ref pass.WeightFloats({Identifier.Of(name + ".bias")})";
        if (!plan.Model.HasPooler)
        {
            w.Lines($$"""
                // {{name}} for every token.
                private static void ComputeHead(ForwardPass pass, int worker, int first, int count)
                {
                    pass.Enter(worker, OperatorClass.{{ProfileMark.Head}}, (long)count * {{outputs}} * HiddenSize);
                    Dense.Apply(
                        ref Unsafe.Add(ref pass.Shared(Hidden), (nint)first * HiddenSize), HiddenSize, count, {{weights}}, HiddenSize, {{outputs}},
                        ref Unsafe.Add(ref pass.Shared(Outputs), (nint)first * {{outputs}}), {{outputs}});
                }
                """);
            return;
        }

        w.Lines($"// Pooler and {name} for the first token of a sequence.");
        using (w.Block("private static void ComputeHead(ForwardPass pass, int worker, int sequence)"))
        {
            w.Lines("""
                ref float hidden = ref Unsafe.Add(ref pass.Shared(Hidden), (nint)pass.Starts[sequence] * HiddenSize);
                ref float pooled = ref pass.LocalFloats(worker, Pooled);
                """);
            new LinearEmitter(plan).Emit(w, "hidden", "HiddenSize", new[] { (plan.Model.Matrix("pooler.dense"), "pooled", "HiddenSize") }, "1", "0", ProfileMark.Head);
            ProfileMark.Write(w, ProfileMark.Head, $"{outputs} * HiddenSize");
            w.Lines($"""
                Tanh.Apply(ref pooled, HiddenSize);
                Dense.Apply(
                    ref pooled, HiddenSize, 1, {weights}, HiddenSize, {outputs},
                    ref Unsafe.Add(ref pass.Shared(Outputs), (nint)sequence * {outputs}), {outputs});
                """);
        }
    }
}
