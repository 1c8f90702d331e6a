using QuantGen.Specs;

namespace QuantGen.Generators.Emission.Training;

/// <summary>Names the places where activations are quantized.</summary>
internal static class TrainingSites
{
    /// <summary>Names the field of a place; one before a linear layer is called like the layer, but for the end.</summary>
    public static string Field(ActivationSite site) =>
        TrainingEmitter.Field(site.Name) + ((site.Name.EndsWith(".output", StringComparison.Ordinal) || site.IsProbabilities) ? string.Empty : "Input");

    /// <summary>Gets whether gradients change on their way back through the place.</summary>
    public static bool IsLearned(ModelSpec model, ActivationSite site) => SiteKinds.BeforeLayers(model, site) == SiteKind.Learned;
}
