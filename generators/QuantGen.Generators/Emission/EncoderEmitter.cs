using QuantGen.Generators.Emission.Kernels;
using QuantGen.Generators.Emission.Nodes;
using QuantGen.Generators.Emission.Plans;
using QuantGen.Generators.Specs;
using QuantGen.Graph;
using static QuantGen.Generators.Emission.Nodes.PartContext;

namespace QuantGen.Generators.Emission;

/// <summary>Emits the forward pass: its phases by name, and one method for each part of the model.</summary>
internal static class EncoderEmitter
{
    public static string Emit(ModelPlan plan)
    {
        ClassSpec spec = plan.Spec;
        var w = new SourceWriter();
        GeneratedHeader.Write(w);
        using (GeneratedHeader.Implementation(
            w, spec, "System", "System.Runtime.CompilerServices", "QuantGen.Execution", "QuantGen.Kernels", "QuantGen.Linear", "QuantGen.Specs",
            KernelSources.Namespace))
        {
            w.Lines($"/// <summary>Runs {spec.Name}: embedding, {N(plan.Graph.Depth)} layers, head. Each phase ends before the next begins.</summary>");
            using (w.Block($"internal sealed partial class {spec.Program} : global::QuantGen.Execution.IEncoderProgram"))
            {
                Phases(w, plan);
                Run(w, plan);
                var emitted = new HashSet<string>(StringComparer.Ordinal);
                foreach (PhasePart part in plan.Phases.SelectMany(phase => phase.Parts).Where(part => part.Kind != PartKind.Attend && emitted.Add(part.Method)))
                {
                    PartEmitter.Emit(w, plan, part);
                }

                AttentionEmitter.Infer(w, plan);
            }
        }

        return w.ToString();
    }

    private static void Phases(SourceWriter w, ModelPlan plan)
    {
        string instructionSet = plan.Kernels.Count == 0 ? "\"scalar\"" : $"{plan.Kernels[0].Suffix}.InstructionSet";
        w.Lines($$"""
            private enum Phase
            {
            {{PhaseNames(plan)}}
            }

            public ModelSpec Spec => ModelSpec;
            public string InstructionSet => {{instructionSet}};
            public int PhaseCount => {{N(plan.Phases.Count)}};

            public int ItemCount(int phase, ForwardPass pass) => (Phase)phase switch
            {
            """);
        foreach (IGrouping<PhaseItems, Phase> group in plan.Phases.Where(phase => phase.Items != PhaseItems.Tokens).GroupBy(phase => phase.Items))
        {
            // A few names to a line.
            string[] names = group.Select(phase => "Phase." + phase.Name).ToArray();
            var lines = new List<string>();
            for (int i = 0; i < names.Length; i += 5)
            {
                lines.Add(string.Join(" or ", names.Skip(i).Take(5)));
            }

            w.Lines($"    {string.Join("\n        or ", lines)} => {Count(plan, group.Key)},");
        }

        w.Lines("    _ => pass.TokenItems,\n};\n");
    }

    // Two names to a line: what comes before a layer's attention, and the attention.
    private static string PhaseNames(ModelPlan plan) => string.Join(
        "\n", plan.Phases.Select((phase, i) => (phase.Name, Line: i / 2)).GroupBy(phase => phase.Line, phase => phase.Name + ",")
            .Select(line => "    " + string.Join(" ", line)));

    private static string Count(ModelPlan plan, PhaseItems items) => items switch
    {
        PhaseItems.Heads => "pass.SequenceCount * HeadCount",
        PhaseItems.Sequences => "pass.SequenceItems",
        PhaseItems.Sequence => "pass.SequenceCount",
        PhaseItems.HeadTokens => "pass.HeadTokenItems",
        PhaseItems.Words =>
        $"pass.HeadTokens.Length == 0 ? 0 : {N((plan.Model.Dimensions.VocabularySize + DecoderEmitter.WordsPerItem - 1) / DecoderEmitter.WordsPerItem)}",
        _ => "pass.TokenItems",
    };

    private static void Run(SourceWriter w, ModelPlan plan)
    {
        using (w.Block("public void RunItem(int phase, int item, int worker, ForwardPass pass)"))
        {
            w.Lines("(int first, int count) = (0, 0);");
            using (w.Block("switch ((Phase)phase)"))
            {
                foreach (Phase phase in plan.Phases)
                {
                    w.Lines($"case Phase.{phase.Name}:");
                    using (w.Indented())
                    {
                        if (Range(phase.Items) is string range)
                        {
                            w.Lines($"(first, count) = pass.{range}(item);");
                        }

                        foreach (PhasePart part in phase.Parts)
                        {
                            string call = part.Kind == PartKind.Attend ? AttentionEmitter.Call(plan, part)
                                : $"{part.Method}({PartEmitter.Arguments(plan, part, Range(phase.Items) is null ? "item" : "first, count")});";
                            w.Lines(Taken(plan, phase, part) is int layer
                                ? $"if (!pass.TakeHidden(layer: {N(layer)}, Hidden, HiddenSize, first, count, worker)) {call}" : call);
                        }

                        w.Lines("break;");
                    }
                }
            }
        }

        w.Blank();
    }

    // Members of an ensemble may share all before a layer of their own; layers that share their weights are every member's own.
    private static int? Taken(ModelPlan plan, Phase phase, PhasePart part)
    {
        PhasePart last = phase.Parts[phase.Parts.Count - 1];
        return part == last || (plan.Graph.IsShared && part.Kind != PartKind.Embed) ? null : last.Use;
    }

    private static string? Range(PhaseItems items) => items switch
    {
        PhaseItems.Tokens => "TokensOf",
        PhaseItems.Sequences => "SequencesOf",
        PhaseItems.HeadTokens => "HeadTokensOf",
        _ => null,
    };
}
