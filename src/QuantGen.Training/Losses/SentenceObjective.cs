namespace QuantGen.Training.Losses;

/// <summary>What a sentence encoder learns from pairs of texts.</summary>
public enum SentenceObjective
{
    /// <summary>The cosine of a pair shall be its score: the mean of the squared differences.</summary>
    Cosine,

    /// <summary>
    /// The second text of a pair shall be nearer to the first than all others of the batch, the third texts of triplets included: the cross-entropy of the
    /// softmax over twenty times the cosines (Henderson et al., 2017).
    /// </summary>
    Ranking,
}
