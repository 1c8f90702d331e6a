using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;
using QuantGen.Generators.Emission.Kernels;
using QuantGen.Generators.Emission.Plans;
using QuantGen.Generators.Specs;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>Emits shapes and the memory plan; <see cref="PlaceEmitter"/> emits where weights stand.</summary>
internal static class PlanEmitter
{
    public static string Emit(ModelPlan plan)
    {
        ClassSpec spec = plan.Spec;
        var w = new SourceWriter();
        GeneratedHeader.Write(w);
        using (GeneratedHeader.Implementation(w, spec, "QuantGen.Execution", "QuantGen.Linear", "QuantGen.Packed", KernelSources.Namespace))
        using (w.Block($"partial class {spec.Program}"))
        {
            Shapes(w, plan.Model);
            Buffers(w, plan);
            Members(w, plan);
            PlaceEmitter.Emit(w, plan);
        }

        return w.ToString();
    }

    /// <summary>Emits the constants that inference and training share.</summary>
    public static void Shapes(SourceWriter w, ModelSpec model)
    {
        ModelConfig d = model.Dimensions;
        w.Lines($"""
            // Shapes.
            private const int HiddenSize = {N(d.HiddenSize)};
            private const int HeadCount = {N(d.Heads)};
            private const int HeadSize = {N(model.HeadSize)};
            private const int IntermediateSize = {N(d.IntermediateSize)};
            private const int EmbeddingSize = {N(d.EmbeddingSize)};
            {AttentionSize(d)}private const int ProjectedStride = 3 * {ModelPlan.AttentionSizeOf(model)};
            private const float LayerNormEpsilon = {FloatLiteral.Of((float)d.LayerNormEpsilon)};
            private const float AttentionScale = {FloatLiteral.Of((float)(1.0 / Math.Sqrt(model.HeadSize)))};

            """);
    }

    private static string AttentionSize(ModelConfig d) =>
        d.AttentionSize == 0 ? string.Empty : $"private const int AttentionSize = {N(d.AttentionSize)};\n";

    private static void Buffers(SourceWriter w, ModelPlan plan)
    {
        w.Lines("// Buffers that all workers of a pass share: byte offsets.");
        foreach (PlannedBuffer buffer in plan.Memory.Shared)
        {
            w.Lines($"private const long {buffer.Name} = {N(buffer.Offset)}; // {N(buffer.Bytes)} bytes");
        }

        w.Lines("\n// Buffers of one worker; those that never live at the same time overlap.");
        foreach (PlannedBuffer buffer in plan.Memory.Local)
        {
            w.Lines($"private const long {buffer.Name} = {N(buffer.Offset)}; // {Size(buffer)}, steps {N(buffer.First)}-{N(buffer.Last)}");
        }

        w.Blank();
    }

    private static void Members(SourceWriter w, ModelPlan plan)
    {
        w.Lines($"""
            public int MaxSequenceLength => {N(plan.Spec.MaxSequenceLength)};
            public int MaxBatchTokens => {N(plan.Spec.MaxBatchTokens)};
            public int MaxItemTokens => {N(ModelPlan.TokensPerItem(plan.Model))};
            public long WeightBytes => Rest + {N(plan.Weights.Rest.Bytes)};
            public long SharedBytes => {N(plan.Memory.SharedBytes)};
            public global::System.Collections.Generic.IReadOnlyList<TokenBuffer> TokenBuffers =>
                {TokenBuffers(plan)};
            public long WorkerBytes => {N(plan.Memory.LocalBytes)};
            public long HiddenOffset => Hidden;
            public long OutputOffset => {(plan.Model.HasOutputLayer ? "Logits" : "-1")};

            """);
        if (plan.Spec.Labels.Count > 0)
        {
            string labels = string.Join(", ", plan.Spec.Labels.Select(l => SymbolDisplay.FormatLiteral(l, quote: true)));
            w.Lines($$"""
                public global::System.Collections.Generic.IReadOnlyList<string> Labels { get; } = new[] { {{labels}} };

                """);
        }

        if (plan.Model.Matrices.Any(m => m.HasIntegerProduct))
        {
            string bits = plan.Model.ActivationBits == 8 ? string.Empty : $" {{ Bits = {N(plan.Model.ActivationBits)} }}";
            w.Lines($"""
                private static ActivationStage Stage => new(Codes, TokenScales, TokenZeroPoints, TokenSums){bits};

                """);
        }
    }

    // What a token takes does not change with the tokens of an item.
    private static string Size(PlannedBuffer buffer) => buffer.TokenBytes > 0 ? N(buffer.TokenBytes) + " bytes a token" : N(buffer.Bytes) + " bytes";

    // Shared buffers are planned for the most tokens of a batch, with as many bytes for each.
    private static string TokenBuffers(ModelPlan plan) =>
        "new TokenBuffer[] { " + string.Join(", ", plan.Memory.Shared.Select(b => $"new({b.Name}, {N(b.Bytes / plan.Spec.MaxBatchTokens)})")) + " }";

    private static string N(long number) => number.ToString(CultureInfo.InvariantCulture);
}
