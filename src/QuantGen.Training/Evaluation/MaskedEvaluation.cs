namespace QuantGen.Training.Evaluation;

/// <summary>How well a masked language model finds hidden words.</summary>
/// <param name="Loss">The mean of the negative log-probabilities of the hidden tokens, in nats.</param>
/// <param name="Accuracy">The share of hidden tokens that are the model's likeliest.</param>
/// <param name="TargetCount">How many tokens were hidden.</param>
/// <param name="TextCount">How many texts there are.</param>
public sealed record MaskedEvaluation(double Loss, double Accuracy, int TargetCount, int TextCount)
{
    /// <summary>Gets e to the loss: of how many equally likely words the model is as unsure.</summary>
    public double Perplexity => Math.Exp(Loss);
}
