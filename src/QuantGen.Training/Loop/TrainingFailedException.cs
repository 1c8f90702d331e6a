namespace QuantGen.Training.Loop;

/// <summary>Reports that training cannot go on, and what is left of it.</summary>
public sealed class TrainingFailedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="inner">What was thrown by the model, the evaluator or an observer; null when the steps themselves failed.</param>
    /// <param name="best">The best epoch; null when none was evaluated.</param>
    public TrainingFailedException(string message, Exception? inner = null, EpochRecord? best = null)
        : base(message, inner) => Best = best;

    /// <summary>Gets the best epoch, whose parameters the model has now; null when none was evaluated and the model is as the last step left it.</summary>
    public EpochRecord? Best { get; }
}
