namespace QuantGen.Training.Data;

/// <summary>One question of a <see cref="SquadDataset"/>.</summary>
/// <param name="Id">The question's id, unique in the file.</param>
/// <param name="Question">The question's text.</param>
/// <param name="Context">The paragraph that is asked about.</param>
/// <param name="Answers">Gold answers; empty exactly when the question is impossible.</param>
/// <param name="IsImpossible">Whether the context holds no answer (SQuAD 2.0).</param>
public sealed record SquadQuestion(string Id, string Question, string Context, IReadOnlyList<SquadAnswer> Answers, bool IsImpossible);
