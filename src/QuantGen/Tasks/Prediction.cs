namespace QuantGen.Tasks;

/// <summary>The class of a text.</summary>
/// <param name="Label">The label with the largest logit; the first of them where several are equal.</param>
/// <param name="LabelIndex">The label's index among the head's outputs.</param>
/// <param name="Probability">The label's softmax probability.</param>
/// <param name="Logits">The head's outputs, one per label.</param>
public sealed record Prediction(string Label, int LabelIndex, float Probability, IReadOnlyList<float> Logits);
