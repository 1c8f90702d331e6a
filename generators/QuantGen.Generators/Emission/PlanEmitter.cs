using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;
using QuantGen.Generators.Specs;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>Emits shapes, the memory plan, the places of weights and the code that fills them.</summary>
internal static class PlanEmitter
{
    public static string Emit(ModelPlan plan)
    {
        ClassSpec spec = plan.Spec;
        var w = new SourceWriter();
        GeneratedHeader.Write(w);
        using (GeneratedHeader.Implementation(w, spec))
        using (w.Block($"partial class {spec.Program}"))
        {
            Shapes(w, plan);
            Buffers(w, plan);
            Places(w, plan);
            PlaceWeights(w, plan);
        }

        return w.ToString();
    }

    private static void Shapes(SourceWriter w, ModelPlan plan)
    {
        ModelConfig d = plan.Model.Dimensions;
        w.Lines($"""
            // Shapes.
            private const int HiddenSize = {N(d.HiddenSize)};
            private const int HeadCount = {N(d.Heads)};
            private const int HeadSize = {N(plan.Model.HeadSize)};
            private const int IntermediateSize = {N(d.IntermediateSize)};
            private const int EmbeddingSize = {N(d.EmbeddingSize)};
            private const int ProjectedStride = 3 * HiddenSize;
            private const float LayerNormEpsilon = {FloatLiteral.Of((float)d.LayerNormEpsilon)};

            // 1 / sqrt(head size), rounded once.
            private const float AttentionScale = {FloatLiteral.Of((float)(1.0 / Math.Sqrt(plan.Model.HeadSize)))};

            """);
    }

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
            w.Lines($"private const long {buffer.Name} = {N(buffer.Offset)}; // {N(buffer.Bytes)} bytes, steps {N(buffer.First)}-{N(buffer.Last)}");
        }

        w.Lines($"""

            /// <inheritdoc/>
            public int MaxSequenceLength => {N(plan.Spec.MaxSequenceLength)};

            /// <inheritdoc/>
            public int MaxBatchTokens => {N(plan.Spec.MaxBatchTokens)};

            /// <inheritdoc/>
            public int MaxItemTokens => {N(ModelPlan.TokensPerItem(plan.Model))};

            /// <inheritdoc/>
            public long WeightBytes => {N(plan.Weights.Bytes)};

            /// <inheritdoc/>
            public long SharedBytes => {N(plan.Memory.SharedBytes)};

            /// <inheritdoc/>
            public long WorkerBytes => {N(plan.Memory.LocalBytes)};

            /// <inheritdoc/>
            public long HiddenOffset => Hidden;

            /// <inheritdoc/>
            public long OutputOffset => {(plan.Model.HasOutputLayer ? "Outputs" : "-1")};

            """);
        if (plan.Spec.Labels.Count > 0)
        {
            string labels = string.Join(", ", plan.Spec.Labels.Select(l => SymbolDisplay.FormatLiteral(l, quote: true)));
            w.Lines($$"""
                /// <inheritdoc/>
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

    private static void Places(SourceWriter w, ModelPlan plan)
    {
        w.Lines("// Where weights stand in the arena.");
        foreach (TensorSpec tensor in Plain(plan))
        {
            w.Lines($"private const long {Identifier.Of(tensor.Name)} = {N(plan.Weights[tensor.Name])};");
        }

        foreach (MatrixSpec matrix in plan.Model.Matrices)
        {
            IReadOnlyList<RowSegment> segments = matrix.Segments();
            for (int s = 0; s < segments.Count; s++)
            {
                string note = matrix.IsMixed ? $", {N(segments[s].Rows)} of them" : string.Empty;
                w.Lines($"""

                    // {matrix.Name}: {N(matrix.Rows)} x {N(matrix.Columns)}{note} at {N(segments[s].Bits)} bits.
                    private static LinearPlace {Identifier.Of(matrix.Name, s)} => {plan.Weights.Place(matrix, s)};
                    """);
            }
        }

        w.Blank();
    }

    private static void PlaceWeights(SourceWriter w, ModelPlan plan)
    {
        w.Lines("/// <inheritdoc/>");
        using (w.Block("public void PlaceWeights(PackedModel model, WeightArena arena)"))
        {
            foreach (TensorSpec tensor in Plain(plan))
            {
                string method = tensor.Name.EndsWith(".input_zero_point", StringComparison.Ordinal) ? "PlaceZeroPoints"
                    : tensor.IsFloat ? "PlaceFloats" : "PlaceBytes";
                w.Lines($"""TensorPlacer.{method}(model, arena, "{tensor.Name}", {Identifier.Of(tensor.Name)});""");
            }

            foreach (MatrixSpec matrix in plan.Model.Matrices)
            {
                IReadOnlyList<RowSegment> segments = matrix.Segments();
                for (int s = 0; s < segments.Count; s++)
                {
                    string place = Identifier.Of(matrix.Name, s);
                    string variant = Kernels.KernelVariant.Of(matrix, segments[s].Bits).Suffix;
                    w.Lines(segments[s].Bits == 32
                        ? $"""LinearPlacer.PlaceFullPrecision(model, arena, "{matrix.Name}", {place});"""
                        : matrix.HasCodebook ? $"""LinearPlacer.PlaceCodebook(model, arena, "{matrix.Name}", {place});"""
                        : $"""LinearPlacer.Place(model, arena, "{matrix.Name}", {N(s)}, {variant}.Order, {place});""");
                }
            }
        }
    }

    private static IEnumerable<TensorSpec> Plain(ModelPlan plan) => PackedLayout.Packed(plan.Model).Where(t => WeightLayout.IsPlain(t, plan.Model));

    private static string N(long number) => number.ToString(CultureInfo.InvariantCulture);
}
