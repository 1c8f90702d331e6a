using System.Globalization;
using QuantGen.Generators.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>Emits the forward pass: which phases there are, and the layers by name, in order.</summary>
internal static class EncoderEmitter
{
    public static string Emit(ModelPlan plan)
    {
        ClassSpec spec = plan.Spec;
        var w = new SourceWriter();
        GeneratedHeader.Write(w);
        using (GeneratedHeader.Implementation(w, spec))
        {
            w.Lines($"/// <summary>Runs {spec.Name}: embedding, {N(plan.Model.Dimensions.Layers)} layers, head. Each phase ends before the next begins.</summary>");
            using (w.Block($"internal sealed partial class {spec.Program} : global::QuantGen.Execution.IEncoderProgram"))
            {
                Phases(w, plan);
                new EmbeddingEmitter(plan).Emit(w);
                for (int block = 0; block < plan.Model.BlockCount; block++)
                {
                    new LayerEmitter(plan, block).Emit(w);
                }

                AttentionEmitter.Emit(w, plan);
                HeadEmitter.Emit(w, plan);
            }
        }

        return w.ToString();
    }

    private static void Phases(SourceWriter w, ModelPlan plan)
    {
        int layers = plan.Model.Dimensions.Layers;
        string instructionSet = plan.Kernels.Count == 0 ? "\"scalar\"" : $"{plan.Kernels[0].Suffix}.InstructionSet";
        bool perSequence = plan.Model.HasPooler;
        w.Lines($$"""
            /// <inheritdoc/>
            public ModelSpec Spec => ModelSpec;

            /// <inheritdoc/>
            public string InstructionSet => {{instructionSet}};

            /// <inheritdoc/>
            public int PhaseCount => {{N((2 * layers) + (plan.Model.HasOutputLayer ? 2 : plan.Model.HasMaskedLanguageHead ? 3 : 1))}};

            /// <inheritdoc/>
            public int ItemCount(int phase, ForwardPass pass) => phase switch
            {
            {{Heads(plan)}}    _ when phase % 2 == 1 => pass.SequenceCount * HeadCount, // attention
            {{(perSequence ? $"    {N(2 * layers)} => pass.SequenceItems, // the last layer, for first tokens\n" : string.Empty)}}    _ => pass.TokenItems,
            };

            """);
        w.Lines("/// <inheritdoc/>");
        using (w.Block("public void RunItem(int phase, int item, int worker, ForwardPass pass)"))
        {
            using (w.Block("if (phase % 2 == 1 && phase < " + N(2 * layers) + ")"))
            {
                w.Lines("Attend(pass, phase, worker, item);");
                w.Lines("return;");
            }

            w.Blank();
            if (plan.Model.HasPooler)
            {
                using (w.Block($"if (phase == {N(2 * layers)})"))
                {
                    w.Lines("(int sequence, int sequences) = pass.SequencesOf(item);");
                    w.Lines(Call(plan, "FinishFirst", layers - 1, "sequence, sequences"));
                    w.Lines("return;");
                }

                w.Blank();
                using (w.Block($"if (phase == {N((2 * layers) + 1)})"))
                {
                    w.Lines("ComputeHead(pass, worker, item);");
                    w.Lines("return;");
                }

                w.Blank();
            }

            if (plan.Model.HasMaskedLanguageHead)
            {
                using (w.Block($"if (phase == {N((2 * layers) + 1)})"))
                {
                    w.Lines("(int firstWanted, int wanted) = pass.HeadTokensOf(item);");
                    w.Lines("TransformHead(pass, worker, firstWanted, wanted);");
                    w.Lines("return;");
                }

                w.Blank();
                using (w.Block($"if (phase == {N((2 * layers) + 2)})"))
                {
                    w.Lines("DecodeHead(pass, worker, item);");
                    w.Lines("return;");
                }

                w.Blank();
            }

            w.Lines("(int first, int count) = pass.TokensOf(item);");
            using (w.Block("switch (phase)"))
            {
                for (int layer = 0; layer <= (plan.Model.HasPooler ? layers - 1 : layers); layer++)
                {
                    Case(w, plan, layer);
                }

                if (plan.Model.HasOutputLayer && !plan.Model.HasPooler)
                {
                    w.Lines($"case {N((2 * layers) + 1)}:");
                    w.Lines("    ComputeHead(pass, worker, first, count);");
                    w.Lines("    break;");
                }
            }
        }

        w.Blank();
    }

    private static string Heads(ModelPlan plan)
    {
        int last = 2 * plan.Model.Dimensions.Layers;
        if (!plan.Model.HasMaskedLanguageHead)
        {
            return $"    {N(last + 1)} => {(plan.Model.HasPooler ? "pass.SequenceCount" : "pass.TokenItems")}, // head\n";
        }

        int items = (plan.Model.Dimensions.VocabularySize + MaskedLanguageEmitter.WordsPerItem - 1) / MaskedLanguageEmitter.WordsPerItem;
        return $"    {N(last + 1)} => pass.HeadTokenItems, // head\n    {N(last + 2)} => pass.HeadTokens.Length == 0 ? 0 : {N(items)}, // its words\n";
    }

    // After the attention of a layer comes the rest of it and, on the same tokens, the projections of the next.
    private static void Case(SourceWriter w, ModelPlan plan, int layer)
    {
        int layers = plan.Model.Dimensions.Layers;
        w.Lines($"case {N(2 * layer)}:");
        using (w.Indented())
        {
            w.Lines(layer == 0 ? "Embed(pass, worker, first, count);" : Call(plan, "Finish", layer - 1, "first, count"));
            if (layer < layers)
            {
                bool isFirstOnly = plan.Model.HasPooler && layer == layers - 1;
                w.Lines(Call(plan, isFirstOnly ? "ProjectFirst" : "Project", layer, "first, count"));
            }

            w.Lines("break;");
        }
    }

    private static string Call(ModelPlan plan, string method, int layer, string range) => plan.Model.UsesPerBlock > 1
        ? $"Layer0{method}(pass, worker, {range}, {N(layer)});"
        : $"Layer{N(layer)}{method}(pass, worker, {range});";

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
