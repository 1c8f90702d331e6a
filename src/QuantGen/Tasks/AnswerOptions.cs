namespace QuantGen.Tasks;

/// <summary>How an answer is searched for; the defaults are those of BERT's SQuAD scripts.</summary>
public sealed record AnswerOptions
{
    /// <summary>Gets the longest answer in tokens. Default 30.</summary>
    public int MaxAnswerTokens { get; init; } = 30;

    /// <summary>
    /// Gets by how many tokens a window over a long context starts after the one before (<c>doc_stride</c> in BERT's scripts). Default 128. Windows that are
    /// short beside it advance by half of their context instead, so that an answer at a border is whole in one of them.
    /// </summary>
    public int Advance { get; init; } = 128;

    /// <summary>Gets how many starts and ends per window are combined, and how many answers are compared, whose probabilities add up to 1. Default
    /// 20.</summary>
    public int BestCount { get; init; } = 20;

    /// <summary>Gets the tokens after which a question is cut off. Default 64.</summary>
    public int MaxQuestionTokens { get; init; } = 64;

    /// <summary>
    /// Gets by how much the score of "no answer" must exceed that of the best answer to win, as in SQuAD 2.0; null, the default, always answers.
    /// </summary>
    public float? NoAnswerThreshold { get; init; }
}
