namespace QuantGen.Training.Batching;

/// <summary>One sequence as a model takes it, and what a model should say of it.</summary>
/// <param name="Ids">Vocabulary ids, special tokens included.</param>
/// <param name="Types">Token types, as many.</param>
public sealed record Example(int[] Ids, byte[] Types)
{
    /// <summary>The class of what is not counted.</summary>
    public const int Ignored = -1;

    /// <summary>Gets the index of the sequence's class, or the number that a regression should give. NaN without a label.</summary>
    public double Label { get; init; } = double.NaN;

    /// <summary>Gets the classes that hold, ascending, where any number of them may; null where the example has one class, or none.</summary>
    public int[]? Classes { get; init; }

    /// <summary>Gets the class of every token, <see cref="Ignored"/> for those that are not counted; null unless tokens are tagged.</summary>
    public int[]? Tags { get; init; }

    /// <summary>
    /// Gets the answer's first token; 0, the token at the beginning, where the sequence holds no answer. Not counted when it is past the end.
    /// </summary>
    public int AnswerStart { get; init; }

    /// <summary>Gets the answer's last token; 0 where the sequence holds no answer. Not counted when it is past the end.</summary>
    public int AnswerEnd { get; init; }

    /// <summary>Gets which text of its pair or triplet the sequence is, from 0.</summary>
    public int PartOf { get; init; }

    /// <summary>Gets the number of tokens.</summary>
    public int Length => Ids.Length;
}
