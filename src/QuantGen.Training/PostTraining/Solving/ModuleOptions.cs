namespace QuantGen.Training.PostTraining.Solving;

/// <summary>How modules are trained.</summary>
/// <param name="Steps">Steps of each module.</param>
/// <param name="LearningRate">Adam's learning rate, which falls to 0.</param>
/// <param name="ForcedShare">The share of the steps through which full-precision inputs fade out; 0 for none.</param>
internal sealed record ModuleOptions(int Steps, double LearningRate, double ForcedShare)
{
    /// <summary>Gets the share of full-precision input at a step: MREM's annealed teacher forcing.</summary>
    public double Forced(int step) => Fading(step, ForcedShare * Steps);

    /// <summary>Gets a share that falls from 1 at step 0 to 0 at a last step.</summary>
    internal static double Fading(int step, double last) => last == 0 ? 0 : Math.Max(0, 1 - (step / last));
}
