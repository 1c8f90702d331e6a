using QuantGen.Generators.Emission.Kernels;
using QuantGen.Generators.Specs;
using QuantGen.Specs;

namespace QuantGen.Generators.Emission;

/// <summary>Everything derived from a spec that more than one emitter needs: where weights and buffers are and which kernels are in use.</summary>
internal sealed class ModelPlan
{
    /// <summary>Gets the most tokens of one item: enough to share weights, few enough that a feed-forward block stays in the second-level cache.</summary>
    /// <remarks>Weights of three bits and more come from memory for every item, and labels are looked up for every item, so that there more tokens must share them.</remarks>
    public static int TokensPerItem(ModelSpec model) => model.Matrices.All(m => m.Bits <= 2 && !m.HasCodebook) ? 64 : 128;

    public ModelPlan(ClassSpec spec)
    {
        Spec = spec;
        Weights = WeightLayout.Of(spec.Model);
        Memory = MemoryPlan.Of(spec);
        Kernels = KernelSources.InUse(spec.Model);
    }

    public ClassSpec Spec { get; }

    public ModelSpec Model => Spec.Model;

    public WeightLayout Weights { get; }

    public MemoryPlan Memory { get; }

    public EquatableArray<KernelVariant> Kernels { get; }
}
