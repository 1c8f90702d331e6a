namespace QuantGen.Sentences;

/// <summary>Words that a model was taught to expect before texts of one kind.</summary>
/// <param name="Name">The name, such as <c>query</c>.</param>
/// <param name="Text">What stands before the text, the space between them included.</param>
public sealed record SentencePrompt(string Name, string Text);
