namespace QuantGen.Training.Distillation;

/// <summary>Matrices of a student that are split together: those that read the same inputs, or the word embedding.</summary>
/// <param name="Name">The canonical name of the place that they read, or of the embedding.</param>
/// <param name="Matrices">The names of the matrices.</param>
/// <param name="Bytes">What splitting adds to the file.</param>
/// <param name="SingleLoss">The loss with these weights in one bit and all others in full precision.</param>
/// <param name="SplitLoss">The loss with these weights ternary, as pairs begin, and all others in full precision.</param>
/// <param name="IsSplit">Whether they are split.</param>
public sealed record SplitGroup(string Name, IReadOnlyList<string> Matrices, long Bytes, double SingleLoss, double SplitLoss, bool IsSplit);
