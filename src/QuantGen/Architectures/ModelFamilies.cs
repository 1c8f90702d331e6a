namespace QuantGen.Architectures;

/// <summary>The families there are. A new one is a file of its own and a row here.</summary>
public static class ModelFamilies
{
    /// <summary>Gets all families; the first is meant where nothing is said.</summary>
    public static IReadOnlyList<ModelFamily> All { get; } = new ModelFamily[] { new Bert(), new Albert(), new DistilBert(), new Electra() };

    /// <summary>Gets a family by its member of the enum.</summary>
    /// <param name="architecture">The member.</param>
    public static ModelFamily Of(BertArchitecture architecture) => All.First(family => family.Architecture == architecture);

    /// <summary>Finds a family by its <c>model_type</c>; null for an unknown one.</summary>
    /// <param name="modelType">The text of <c>config.json</c>.</param>
    public static ModelFamily? OfType(string modelType) => All.FirstOrDefault(family => family.ModelType == modelType);
}
