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

    /// <summary>Gets all of it as metrics, of which perplexity decides.</summary>
    public ModelScore Score => new(
        "perplexity", Perplexity, HigherIsBetter: false, [new("perplexity", Perplexity), new("loss", Loss), new("accuracy", Accuracy)]);
}
