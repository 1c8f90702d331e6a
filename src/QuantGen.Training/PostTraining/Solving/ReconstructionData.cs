namespace QuantGen.Training.PostTraining.Solving;

/// <summary>What parts are trained on.</summary>
/// <param name="Input">What enters the first part.</param>
/// <param name="Targets">The outputs that every part shall have.</param>
/// <param name="Weights">What squared differences of the last part's outputs are multiplied by; null for 1.</param>
internal sealed record ReconstructionData(HiddenStates Input, IReadOnlyList<HiddenStates> Targets, HiddenStates? Weights = null);
