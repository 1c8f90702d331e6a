namespace QuantGen.Training.Loop;

/// <summary>Reports that training cannot go on.</summary>
public sealed class TrainingFailedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, and what to do.</param>
    public TrainingFailedException(string message)
        : base(message)
    {
    }
}
