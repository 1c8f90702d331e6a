namespace QuantGen.Tasks;

/// <summary>A question and the text that may hold its answer.</summary>
/// <param name="Question">The question.</param>
/// <param name="Context">The text; it may be longer than a model's sequences.</param>
public readonly record struct QuestionInput(string Question, string Context);
