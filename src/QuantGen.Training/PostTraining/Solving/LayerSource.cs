using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>What layers are made of: their tensors, what their weights become, and what they compute with.</summary>
/// <param name="Spec">The model; its layers have weights of their own.</param>
/// <param name="Read">Gets a tensor by its canonical name.</param>
/// <param name="Pass">Threads and batch, which all layers share.</param>
internal sealed record LayerSource(ModelSpec Spec, Func<string, float[]> Read, TrainingPass Pass)
{
    /// <summary>Gets what a weight becomes; null leaves it as it is. Default: all stay.</summary>
    public Func<Parameter, MatrixSpec, WeightQuantizer?> Quantizer { get; init; } = (_, _) => null;

    /// <summary>Gets the stored range of a place where activations become codes; null where each token has its own. Default: none is stored.</summary>
    public Func<string, QuantizationParameters?> Range { get; init; } = _ => null;

    /// <summary>Gets the gradients of activations, which all layers share.</summary>
    public BackwardBuffers Gradients { get; } = new(Spec.Dimensions.HiddenSize, Spec.Dimensions.IntermediateSize);

    /// <summary>Makes room for what one layer keeps for its backward pass.</summary>
    public LayerActivations Kept() => new(Spec.Dimensions.HiddenSize, Spec.Dimensions.IntermediateSize);
}
