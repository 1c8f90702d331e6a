namespace QuantGen.Training.Optimization;

/// <summary>Lets learning rates rise to their full value and fall to 0, both linearly.</summary>
/// <param name="TotalSteps">Steps of the whole training.</param>
/// <param name="WarmupSteps">Steps of the rise; 0 starts at the full value.</param>
public readonly record struct LinearSchedule(long TotalSteps, long WarmupSteps)
{
    /// <summary>Gets the factor of all learning rates.</summary>
    /// <param name="step">The number of steps before this one.</param>
    public double Multiplier(long step) => step < WarmupSteps
        ? (double)step / WarmupSteps
        : Math.Max(0, TotalSteps - step) / (double)Math.Max(1, TotalSteps - WarmupSteps);
}
