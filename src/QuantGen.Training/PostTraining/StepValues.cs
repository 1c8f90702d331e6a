using QuantGen.Specs;

namespace QuantGen.Training.PostTraining;

/// <summary>The settings of one step, with defaults filled in.</summary>
/// <param name="options">What the step may be told.</param>
/// <param name="step">What it was told.</param>
internal sealed class StepValues(IReadOnlyList<StepOption> options, RecipeStep step)
{
    /// <summary>Gets a number.</summary>
    public double Get(string name) => step.Settings.FirstOrDefault(setting => setting.Name == name)?.Number ?? options.First(o => o.Name == name).Default;

    /// <summary>Gets a whole number.</summary>
    public int GetWhole(string name) => (int)Get(name);
}
