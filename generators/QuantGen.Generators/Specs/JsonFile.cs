namespace QuantGen.Generators.Specs;

/// <summary>An additional file that a class may name. Compared by value.</summary>
/// <param name="Path">Path with forward slashes.</param>
/// <param name="Text">The whole text.</param>
internal sealed record JsonFile(string Path, string Text);
