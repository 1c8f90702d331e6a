using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Hidden states of all calibration texts at one depth, one text after the other.</summary>
/// <param name="Values">The states, <c>[tokens, width]</c>.</param>
/// <param name="Starts">The first token of every text, and the number of tokens at the end.</param>
/// <param name="Width">Values of a token.</param>
internal sealed record HiddenStates(float[] Values, int[] Starts, int Width)
{
    /// <summary>Gets the number of texts.</summary>
    public int Count => Starts.Length - 1;

    /// <summary>Gets the tokens of a text.</summary>
    public int Length(int text) => Starts[text + 1] - Starts[text];

    /// <summary>Gets the tokens of every text.</summary>
    public int[] Lengths() => [.. Enumerable.Range(0, Count).Select(Length)];

    /// <summary>Makes a batch of texts; there are no tokens in it but their number.</summary>
    public TrainingBatch Batch(ReadOnlySpan<int> texts)
    {
        int[] starts = new int[texts.Length + 1];
        for (int i = 0; i < texts.Length; i++)
        {
            starts[i + 1] = starts[i] + Length(texts[i]);
        }

        return new TrainingBatch(new int[starts[^1]], new byte[starts[^1]], starts);
    }

    /// <summary>Copies the states of some texts.</summary>
    public void Gather(ReadOnlySpan<int> texts, Span<float> target)
    {
        foreach (int text in texts)
        {
            Span<float> own = Of(text);
            own.CopyTo(target);
            target = target[own.Length..];
        }
    }

    /// <summary>Puts states of some texts back.</summary>
    public void Scatter(ReadOnlySpan<int> texts, ReadOnlySpan<float> source)
    {
        foreach (int text in texts)
        {
            Span<float> own = Of(text);
            source[..own.Length].CopyTo(own);
            source = source[own.Length..];
        }
    }

    /// <summary>Gets the states of a text.</summary>
    public Span<float> Of(int text) => Values.AsSpan(Starts[text] * Width, Length(text) * Width);
}
