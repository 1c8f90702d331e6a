namespace QuantGen.Specs;

/// <summary>The data from which ranges of activations were found. Compared by value.</summary>
/// <param name="Data">The name of the file.</param>
/// <param name="Samples">Rows that were used.</param>
/// <param name="Seed">The seed by which they were drawn.</param>
public sealed record CalibrationRecipe(string Data, int Samples, int Seed);
