namespace QuantGen.Training.Data;

/// <summary>One gold answer: a piece of the context.</summary>
/// <param name="Text">The answer's text; equal to the context at <paramref name="Start"/>.</param>
/// <param name="Start">Where it starts in the context, in UTF-16 units as C# counts; the file counts Unicode code points.</param>
public readonly record struct SquadAnswer(string Text, int Start);
