namespace QuantGen.Cli.Texts;

/// <summary>What a model says about one text.</summary>
/// <param name="Json">The members of the JSON form.</param>
/// <param name="Line">The line for people.</param>
internal sealed record TextResult(IReadOnlyDictionary<string, object?> Json, string Line);
