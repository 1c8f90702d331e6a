namespace QuantGen.Generators.Specs;

/// <summary>A class and the files it names, so that edits of other files do not reach it. Compared by value.</summary>
/// <param name="Class">The class.</param>
/// <param name="Spec">The file that <c>Spec</c> names; null when it names none or none is there.</param>
/// <param name="Config">The file that <c>Config</c> names; null when it names none or none is there.</param>
/// <param name="Plan">The file that <c>Plan</c> names; null when it names none or none is there.</param>
internal sealed record ClassInput(AttributedClass Class, JsonFile? Spec, JsonFile? Config, JsonFile? Plan);
