using QuantGen.Generators.Emission.Kernels;
using QuantGen.Generators.Specs;
using QuantGen.Graph;
using QuantGen.Specs;
using Names = QuantGen.Graph.Values;

namespace QuantGen.Generators.Emission.Plans;

/// <summary>Everything derived from a spec that more than one emitter needs: where weights and buffers are and which kernels are in use.</summary>
internal sealed class ModelPlan
{
    /// <summary>Gets the most tokens of one item: enough to share weights, few enough that a feed-forward block stays in the second-level cache.</summary>
    /// <remarks>Weights of three bits and more come from memory for every item, and labels are looked up for every item, so that there more tokens must share
    /// them.</remarks>
    public static int TokensPerItem(ModelSpec model) => model.Matrices.All(m => m.Bits <= 2 && !m.HasCodebook) ? 64 : 128;

    public ModelPlan(ClassSpec spec)
    {
        Spec = spec;
        Graph = spec.Model.Graph;
        Weights = new WeightLayout(spec.Model);
        Values = new ValuePlan(Graph);
        Phases = PhaseList.Of(Graph);
        Memory = new MemoryPlan(spec, Values, Phases);
        Kernels = KernelSources.InUse(spec.Model);
    }

    public ClassSpec Spec { get; }

    public ModelSpec Model => Spec.Model;

    public ModelGraph Graph { get; }

    /// <summary>Gets where values stand and how long they live.</summary>
    public ValuePlan Values { get; }

    /// <summary>Gets the phases of a pass.</summary>
    public IReadOnlyList<Phase> Phases { get; }

    public WeightLayout Weights { get; }

    public MemoryPlan Memory { get; }

    public EquatableArray<KernelVariant> Kernels { get; }

    /// <summary>Gets the constant for the width of queries, keys and values.</summary>
    /// <param name="model">The model.</param>
    public static string AttentionSizeOf(ModelSpec model) => model.Dimensions.AttentionSize == 0 ? "HiddenSize" : "AttentionSize";

    /// <summary>Gets the constant for a value's width.</summary>
    /// <param name="value">The value.</param>
    public string SizeOf(string value) => value switch
    {
        Names.Embedded or Names.Transformed or Names.TransformActivated or Names.Predicted => "EmbeddingSize",
        Names.Intermediate or Names.Activated => "IntermediateSize",
        Names.Query or Names.Key or Names.Value or Names.Context => AttentionSizeOf(Model),
        Names.Logits => Model.OutputCount.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => "HiddenSize",
    };
}
