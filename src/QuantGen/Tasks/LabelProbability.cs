namespace QuantGen.Tasks;

/// <summary>One of the labels of a <see cref="Prediction"/>.</summary>
/// <param name="Label">The label.</param>
/// <param name="LabelIndex">Its index among the head's outputs.</param>
/// <param name="Probability">Its softmax probability.</param>
public readonly record struct LabelProbability(string Label, int LabelIndex, float Probability);
