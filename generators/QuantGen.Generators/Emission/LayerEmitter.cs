using System.Globalization;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>Emits one distinct encoder layer in two parts, before and after its attention.</summary>
internal sealed class LayerEmitter(ModelPlan plan, int block)
{
    private readonly LinearEmitter _linear = new(plan);

    private string Use => plan.Model.UsesPerBlock > 1 ? "use" : "0";

    private string Parameters => "ForwardPass pass, int worker, int first, int count" + (plan.Model.UsesPerBlock > 1 ? ", int use" : string.Empty);

    private string Index => block.ToString(CultureInfo.InvariantCulture);

    // A pooled head reads first tokens only, so the last layer computes keys and values of all tokens and the rest of those.
    private bool IsFirstOnly => plan.Model.HasPooler && block == plan.Model.BlockCount - 1;

    public void Emit(SourceWriter w)
    {
        if (!IsFirstOnly || plan.Model.UsesPerBlock > 1)
        {
            w.Lines($"// Layer {Index}: query, key and value of some tokens, side by side.");
            Project(w);
            w.Blank();
            w.Lines($"// Layer {Index}: attention output, feed-forward and both normalizations of some tokens.");
            using (w.Block($"private static void Layer{Index}Finish({Parameters})"))
            {
                w.Lines("""
                    ref float hidden = ref Unsafe.Add(ref pass.Shared(Hidden), (nint)first * HiddenSize);
                    ref float context = ref Unsafe.Add(ref pass.Shared(Projected), (nint)first * ProjectedStride);
                    """);
                Finish(w, "ProjectedStride");
            }

            w.Blank();
        }

        if (IsFirstOnly)
        {
            FirstOnly(w);
            w.Blank();
        }
    }

    private void FirstOnly(SourceWriter w)
    {
        w.Lines($"// Layer {Index}: key and value of some tokens, and the query of those that begin a sequence: a pooled head needs no other.");
        ProjectFirst(w);
        w.Blank();
        w.Lines($"// Layer {Index}: attention output, feed-forward and both normalizations of some sequences' first tokens.");
        using (w.Block($"private static void Layer{Index}FinishFirst({Parameters})"))
        {
            ProfileMark.Write(w, ProfileMark.AttentionOutput);
            w.Lines("""
                ref float hidden = ref pass.LocalFloats(worker, FirstHidden);
                ref float context = ref pass.LocalFloats(worker, FirstContext);
                FirstTokens.Gather(pass, first, count, ref pass.Shared(Hidden), HiddenSize, HiddenSize, ref hidden);
                FirstTokens.Gather(pass, first, count, ref pass.Shared(Projected), ProjectedStride, HiddenSize, ref context);
                """);
            Finish(w, "HiddenSize");
            w.Lines("FirstTokens.Scatter(pass, first, count, ref hidden, HiddenSize, ref pass.Shared(Hidden), HiddenSize);");
        }
    }

    private void Project(SourceWriter w)
    {
        using (w.Block($"private static void Layer{Index}Project({Parameters})"))
        {
            Products(w, "attention.self.query", "attention.self.key", "attention.self.value");
        }
    }

    private void ProjectFirst(SourceWriter w)
    {
        using (w.Block($"private static void Layer{Index}ProjectFirst({Parameters})"))
        {
            using (w.Block(null))
            {
                Products(w, "attention.self.key", "attention.self.value");
            }

            w.Lines("(int sequence, int sequences) = FirstTokens.SequencesIn(pass, first, count);");
            using (w.Block("if (sequences > 0)"))
            {
                ProfileMark.Write(w, ProfileMark.QueryKeyValue);
                w.Lines("""
                    ref float hidden = ref pass.LocalFloats(worker, FirstHidden);
                    ref float query = ref pass.LocalFloats(worker, FirstContext);
                    FirstTokens.Gather(pass, sequence, sequences, ref pass.Shared(Hidden), HiddenSize, HiddenSize, ref hidden);
                    """);
                _linear.Emit(w, "hidden", "HiddenSize", new[] { (Matrix("attention.self.query"), "query", "HiddenSize") }, "sequences", Use, ProfileMark.QueryKeyValue, isObserved: false);
                w.Lines("FirstTokens.Scatter(pass, sequence, sequences, ref query, HiddenSize, ref pass.Shared(Projected), ProjectedStride);");
            }
        }
    }

    private void Products(SourceWriter w, params string[] parts)
    {
        w.Lines("""
            ref float hidden = ref Unsafe.Add(ref pass.Shared(Hidden), (nint)first * HiddenSize);
            ref float projected = ref Unsafe.Add(ref pass.Shared(Projected), (nint)first * ProjectedStride);
            """);
        _linear.Emit(w, "hidden", "HiddenSize", parts.Select(p => (Matrix(p), Target(p), "ProjectedStride")).ToArray(), "count", Use, ProfileMark.QueryKeyValue);
    }

    // Query, key and value stand side by side.
    private static string Target(string part) => part switch
    {
        "attention.self.query" => "projected",
        "attention.self.key" => "Unsafe.Add(ref projected, HiddenSize)",
        _ => "Unsafe.Add(ref projected, 2 * HiddenSize)",
    };

    // The second half of a layer, on the tokens whose states and contexts begin at `hidden` and `context`.
    private void Finish(SourceWriter w, string contextStride)
    {
        w.Lines("""
            ref float attended = ref pass.LocalFloats(worker, Attended);
            ref float normalized = ref pass.LocalFloats(worker, Normalized);
            ref float intermediate = ref pass.LocalFloats(worker, Intermediate);
            """);
        Step(w, "attention.output.dense", "context", contextStride, "attended", "HiddenSize", ProfileMark.AttentionOutput);
        Norm(w, "attention.output.LayerNorm", "attended", "hidden", "normalized");
        Step(w, "intermediate.dense", "normalized", "HiddenSize", "intermediate", "IntermediateSize", ProfileMark.FeedForwardIn);
        string gelu = plan.Model.Dimensions.HiddenActivation == HiddenActivation.Gelu ? "Erf" : "Tanh";
        ProfileMark.Write(w, ProfileMark.Gelu);
        w.Lines($"Gelu.{gelu}(ref intermediate, count * IntermediateSize);");
        Step(w, "output.dense", "intermediate", "IntermediateSize", "attended", "HiddenSize", ProfileMark.FeedForwardOut);
        Norm(w, "output.LayerNorm", "attended", "normalized", "hidden");
    }

    private void Step(SourceWriter w, string part, string input, string inputStride, string output, string outputStride, string operators)
    {
        MatrixSpec matrix = Matrix(part);
        w.Lines($"\n// {matrix.Name}");
        using (w.Block(null))
        {
            _linear.Emit(w, input, inputStride, new[] { (matrix, output, outputStride) }, "count", Use, operators);
        }
    }

    private void Norm(SourceWriter w, string part, string input, string residual, string output)
    {
        string name = SpecBuilder.LayerName(block, part);
        ProfileMark.Write(w, ProfileMark.LayerNorm);
        w.Lines($"""
            NormRows.AddAndNormalize(
                ref {input}, ref {residual}, ref pass.WeightFloats({Identifier.Of(name + ".weight")}), ref pass.WeightFloats({Identifier.Of(name + ".bias")}),
                LayerNormEpsilon, count, HiddenSize, ref {output});
            """);
    }

    private MatrixSpec Matrix(string part) => plan.Model.Matrix(SpecBuilder.LayerName(block, part));
}
