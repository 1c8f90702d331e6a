using QuantGen.Training.Randomness;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Draws words about as often as texts have them: a vocabulary is sorted by frequency, and frequencies fall as Zipf and Mandelbrot say.</summary>
/// <param name="words">The words, the most frequent first.</param>
internal sealed class WordDraw(int[] words)
{
    // Mandelbrot's constant: the frequency of rank r, from 0, is as 1 / (r + 1 + 2.7), which flattens the first ranks.
    private const double Offset = 3.7;

    /// <summary>Draws a word.</summary>
    public int Next(ref RandomSequence random) => words[Rank(random.Unit(), words.Length)];

    /// <summary>Finds the rank whose share of all frequencies begins at or before a number from 0 to 1.</summary>
    internal static int Rank(double share, int count) =>
        Math.Clamp((int)(Offset * (Math.Pow((count + Offset) / Offset, share) - 1)), 0, count - 1);
}
