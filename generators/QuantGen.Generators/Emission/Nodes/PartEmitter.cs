using QuantGen.Generators.Emission.Plans;
using QuantGen.Graph;

namespace QuantGen.Generators.Emission.Nodes;

/// <summary>Emits one method: some steps on the rows of an item.</summary>
internal static class PartEmitter
{
    public static void Emit(SourceWriter w, ModelPlan plan, PhasePart part)
    {
        w.Lines("// " + Comment(plan, part));
        switch (part.Items)
        {
            case PhaseItems.Tokens:
                Tokens(w, plan, part);
                break;
            case PhaseItems.Sequences:
                Sequences(w, plan, part);
                break;
            case PhaseItems.Sequence:
                Sequence(w, plan, part);
                break;
            case PhaseItems.HeadTokens:
                HeadTokens(w, plan, part);
                break;
            case PhaseItems.Words:
                DecoderEmitter.Infer(w, plan, (DecoderNode)part.Steps[0]);
                break;
            default:
                throw new InvalidOperationException($"Phases over {part.Items} are no ranges of rows.");
        }

        w.Blank();
    }

    /// <summary>Gets what a call hands on beside pass and worker, as code.</summary>
    public static string Arguments(ModelPlan plan, PhasePart part, string range) =>
        plan.Graph.IsShared && part.Layer >= 0 ? $"pass, worker, {range}, use: {PartContext.N(part.Use)}" : $"pass, worker, {range}";

    private static string Header(ModelPlan plan, PhasePart part, string range = "int first, int count") =>
        $"private static void {part.Method}(ForwardPass pass, int worker, {range}{(plan.Graph.IsShared && part.Layer >= 0 ? ", int use" : string.Empty)})";

    private static string Comment(ModelPlan plan, PhasePart part)
    {
        string layer = plan.Graph.IsShared ? "The layer" : "Layer " + PartContext.N(part.Layer);
        return (part.Kind, part.FirstTokens.Count > 0) switch
        {
            (PartKind.Embed, _) => "The embeddings of some tokens, added up in this order: word, token type, position; and normalized.",
            (PartKind.Project, false) => layer + ": query, key and value of some tokens, side by side.",
            (PartKind.Project, true) => layer + ": key and value of some tokens, and the query of those that begin a sequence: the head needs no other.",
            (PartKind.Finish, false) => layer + ": attention output, feed-forward and both normalizations of some tokens.",
            (PartKind.Finish, true) => layer + ": attention output, feed-forward and both normalizations of some sequences' first tokens.",
            (PartKind.Decode, _) => "Some words' outputs for all wanted tokens; the weights are the word embedding's values.",
            _ => part.Items switch
            {
                PhaseItems.Sequence => "The head on the first token of a sequence.",
                PhaseItems.HeadTokens => "The head before its decoder, for some of the wanted tokens.",
                _ => "The head on some tokens.",
            },
        };
    }

    private static void Tokens(SourceWriter w, ModelPlan plan, PhasePart part)
    {
        Node[] all = part.Steps.Except(part.FirstTokens).ToArray();
        using (w.Block(Header(plan, part)))
        {
            if (part.FirstTokens.Count == 0)
            {
                Rows(w, plan, part, all);
            }
            else
            {
                using (w.Block(null))
                {
                    Rows(w, plan, part, all);
                }

                w.Lines("\n(int sequence, int sequences) = FirstTokens.SequencesIn(pass, first, count);");
                using (w.Block("if (sequences > 0)"))
                {
                    Gathered(w, new PartContext(plan, part, "sequences") { IsObserved = false }, part.FirstTokens, "sequence");
                }
            }
        }
    }

    private static void Rows(SourceWriter w, ModelPlan plan, PhasePart part, IReadOnlyList<Node> steps)
    {
        var context = new PartContext(plan, part, "count");
        foreach (string value in ValuesOf(steps))
        {
            context.Declare(w, value, "first");
        }

        StepEmitter.Emit(w, context, steps);
    }

    private static void Sequences(SourceWriter w, ModelPlan plan, PhasePart part)
    {
        using (w.Block(Header(plan, part)))
        {
            Gathered(w, new PartContext(plan, part, "count"), part.Steps, "first");
        }
    }

    // What the steps read of shared buffers is gathered first; what they leave there is scattered at the end.
    private static void Gathered(SourceWriter w, PartContext context, IReadOnlyList<Node> steps, string sequence)
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        var read = new List<string>();
        foreach (Node step in steps)
        {
            read.AddRange(step.Inputs.Where(value => context.IsShared(value) && !written.Contains(value) && !read.Contains(value)));
            written.Add(step.Output);
        }

        string[] results = steps.Select(step => step.Output).Where(context.IsShared).Distinct().ToArray();
        ProfileMark.Write(w, ((LinearNode)steps[0]).Part.ToString());
        foreach (string value in read.Concat(results).Distinct())
        {
            context.DeclareGathered(w, value);
        }

        foreach (string value in read)
        {
            w.Lines($"FirstTokens.Gather(pass, {sequence}, {context.Count}, ref {context.Shared(Buffer(context, value))}, {Shared(context, value)}, "
                + $"{context.Plan.SizeOf(value)}, ref {context.Ref(value)});");
        }

        foreach (string value in ValuesOf(steps).Where(value => !context.IsShared(value)))
        {
            context.Declare(w, value, "first");
        }

        StepEmitter.Emit(w, context, steps);
        foreach (string value in results)
        {
            w.Lines($"FirstTokens.Scatter(pass, {sequence}, {context.Count}, ref {context.Ref(value)}, {context.Plan.SizeOf(value)}, "
                + $"ref {context.Shared(Buffer(context, value))}, {Shared(context, value)});");
        }
    }

    private static string Buffer(PartContext context, string value) => Identifier.Of(context.Plan.Values.PlaceOf(value));

    private static string Shared(PartContext context, string value) => context.IsProjected(value) ? "ProjectedStride" : "HiddenSize";

    private static void Sequence(SourceWriter w, ModelPlan plan, PhasePart part)
    {
        using (w.Block(Header(plan, part, "int sequence")))
        {
            var context = new PartContext(plan, part, "1");
            foreach (string value in ValuesOf(part.Steps))
            {
                context.Declare(w, value, value == Values.Logits ? "sequence" : "pass.Starts[sequence]");
            }

            StepEmitter.Emit(w, context, part.Steps);
        }
    }

    private static void HeadTokens(SourceWriter w, ModelPlan plan, PhasePart part)
    {
        using (w.Block(Header(plan, part)))
        {
            ProfileMark.Write(w, ProfileMark.Head, "(long)count * EmbeddingSize * HiddenSize");
            using (w.Block("for (int i = first; i < first + count; i++)"))
            {
                var context = new PartContext(plan, part, "1");
                foreach (string value in ValuesOf(part.Steps))
                {
                    context.Declare(w, value, context.Plan.Values.PlaceOf(value) == Values.Hidden ? "pass.HeadTokens[i]" : "i");
                }

                StepEmitter.Emit(w, context, part.Steps, isMarked: false);
            }
        }
    }

    private static IEnumerable<string> ValuesOf(IEnumerable<Node> steps) => steps.SelectMany(step => step.Inputs.Concat(new[] { step.Output })).Distinct();
}
