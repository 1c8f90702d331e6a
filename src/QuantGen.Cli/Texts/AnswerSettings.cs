using QuantGen.Tasks;

namespace QuantGen.Cli.Texts;

/// <summary>What of a model's outputs is shown.</summary>
/// <param name="Embed">How a sentence encoder makes vectors; null for what the model says.</param>
/// <param name="Aggregation">How tags become entities; null for what suits them.</param>
/// <param name="Threshold">From which probability on a label holds, where any number may.</param>
/// <param name="Answer">How answers to questions are searched for.</param>
internal sealed record AnswerSettings(EmbedOptions? Embed, EntityAggregation? Aggregation, double Threshold, AnswerOptions Answer);
