using System.Globalization;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>Emits one distinct encoder layer in two parts, before and after its attention.</summary>
internal sealed class LayerEmitter(ModelPlan plan, int block)
{
    private readonly LinearEmitter _linear = new(plan);

    private string Use => plan.Model.UsesPerBlock > 1 ? "use" : "0";

    private string Parameters => "ForwardPass pass, int worker, int first, int count" + (plan.Model.UsesPerBlock > 1 ? ", int use" : string.Empty);

    public void Emit(SourceWriter w)
    {
        string index = block.ToString(CultureInfo.InvariantCulture);
        w.Lines($"// Layer {index}: query, key and value of some tokens, side by side.");
        using (w.Block($"private static void Layer{index}Project({Parameters})"))
        {
            w.Lines("""
                ref float hidden = ref Unsafe.Add(ref pass.Shared(Hidden), (nint)first * HiddenSize);
                ref float projected = ref Unsafe.Add(ref pass.Shared(Projected), (nint)first * ProjectedStride);
                """);
            _linear.Emit(w, "hidden", "HiddenSize", new[]
            {
                (Matrix("attention.self.query"), "projected", "ProjectedStride"),
                (Matrix("attention.self.key"), "Unsafe.Add(ref projected, HiddenSize)", "ProjectedStride"),
                (Matrix("attention.self.value"), "Unsafe.Add(ref projected, 2 * HiddenSize)", "ProjectedStride"),
            }, "count", Use);
        }

        w.Lines($"\n// Layer {index}: attention output, feed-forward and both normalizations of some tokens.");
        using (w.Block($"private static void Layer{index}Finish({Parameters})"))
        {
            w.Lines("""
                ref float hidden = ref Unsafe.Add(ref pass.Shared(Hidden), (nint)first * HiddenSize);
                ref float context = ref Unsafe.Add(ref pass.Shared(Projected), (nint)first * ProjectedStride);
                ref float attended = ref pass.LocalFloats(worker, Attended);
                ref float normalized = ref pass.LocalFloats(worker, Normalized);
                ref float intermediate = ref pass.LocalFloats(worker, Intermediate);
                """);
            Step(w, "attention.output.dense", "context", "ProjectedStride", "attended", "HiddenSize");
            Norm(w, "attention.output.LayerNorm", "attended", "hidden", "normalized");
            Step(w, "intermediate.dense", "normalized", "HiddenSize", "intermediate", "IntermediateSize");
            string gelu = plan.Model.Dimensions.HiddenActivation == HiddenActivation.Gelu ? "Erf" : "Tanh";
            w.Lines($"Gelu.{gelu}(ref intermediate, count * IntermediateSize);");
            Step(w, "output.dense", "intermediate", "IntermediateSize", "attended", "HiddenSize");
            Norm(w, "output.LayerNorm", "attended", "normalized", "hidden");
        }

        w.Blank();
    }

    private void Step(SourceWriter w, string part, string input, string inputStride, string output, string outputStride)
    {
        MatrixSpec matrix = Matrix(part);
        w.Lines($"\n// {matrix.Name}");
        using (w.Block(null))
        {
            _linear.Emit(w, input, inputStride, new[] { (matrix, output, outputStride) }, "count", Use);
        }
    }

    private void Norm(SourceWriter w, string part, string input, string residual, string output)
    {
        string name = SpecBuilder.LayerName(block, part);
        w.Lines($"""
            NormRows.AddAndNormalize(
                ref {input}, ref {residual}, ref pass.WeightFloats({Identifier.Of(name + ".weight")}), ref pass.WeightFloats({Identifier.Of(name + ".bias")}),
                LayerNormEpsilon, count, HiddenSize, ref {output});
            """);
    }

    private MatrixSpec Matrix(string part) => plan.Model.Matrix(SpecBuilder.LayerName(block, part));
}
