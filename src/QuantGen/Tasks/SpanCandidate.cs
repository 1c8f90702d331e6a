namespace QuantGen.Tasks;

/// <summary>A possible answer.</summary>
/// <param name="Start">Its first token among those of the context.</param>
/// <param name="End">Its last token.</param>
/// <param name="Score">The sum of the start logit and the end logit.</param>
internal readonly record struct SpanCandidate(int Start, int End, float Score);
