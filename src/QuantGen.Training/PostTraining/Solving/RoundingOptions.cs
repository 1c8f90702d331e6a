namespace QuantGen.Training.PostTraining.Solving;

/// <summary>How choices between codes are learned.</summary>
/// <param name="Steps">Steps.</param>
/// <param name="LearningRate">Adam's learning rate.</param>
/// <param name="IndecisionWeight">What indecision costs, beside the squared distance of outputs.</param>
internal sealed record RoundingOptions(int Steps, double LearningRate, float IndecisionWeight)
{
    /// <summary>Gets Adam's first learning rate of biases and normalizations. Default 0, they stay.</summary>
    public double BiasLearningRate { get; init; }
}
