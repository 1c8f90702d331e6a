using QuantGen.Specs;

namespace QuantGen.Generators.Emission.Training;

/// <summary>Decides where ranges of activations come from in training, by what the packed model has.</summary>
internal static class TrainingSites
{
    private const string Learned = nameof(Learned);
    private const string Running = nameof(Running);

    /// <summary>Names the field of a place; one before a linear layer is called like the layer, but for the end.</summary>
    public static string Field(ActivationSite site) =>
        TrainingEmitter.Field(site.Name) + ((site.Name.EndsWith(".output", StringComparison.Ordinal) || site.IsProbabilities) ? string.Empty : "Input");

    /// <summary>Names the kind of a place before linear layers.</summary>
    public static string Kind(ModelSpec model, ActivationSite site) => model.ActivationRange == ActivationRange.PerToken ? "PerToken"
        : SchemeOf(model.Matrices.Where(m => ActivationSite.NameFor(m.Name) == site.Name)) == Scheme.Lsq ? Learned : Running;

    /// <summary>Names the kind of attention's operands.</summary>
    public static string AttentionKind(ModelSpec model) => SchemeOf(model.Matrices) == Scheme.Lsq ? Learned : Running;

    /// <summary>Gets whether gradients change on their way back through the place.</summary>
    public static bool IsLearned(ModelSpec model, ActivationSite site) => Kind(model, site) == Learned;

    private static Scheme SchemeOf(IEnumerable<MatrixSpec> matrices) => matrices.FirstOrDefault(m => m.HasIntegerProduct)?.Scheme ?? Scheme.Linear;
}
