namespace QuantGen.Generators.Emission;

/// <summary>One generated file.</summary>
/// <param name="Hint">Stable and unique name.</param>
/// <param name="Text">The source.</param>
internal sealed record EmittedFile(string Hint, string Text);
