namespace QuantGen.Tasks;

/// <summary>A text, or a pair of texts such as premise and hypothesis.</summary>
/// <param name="Text">The first text.</param>
/// <param name="Pair">The second text; null for none.</param>
public readonly record struct TextInput(string Text, string? Pair = null)
{
    /// <summary>Makes an input of one text.</summary>
    /// <param name="text">The text.</param>
    public static implicit operator TextInput(string text) => new(text);
}
