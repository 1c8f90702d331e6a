namespace QuantGen.Tasks;

/// <summary>Says which SQuAD rule scores answers of which normalising leaves no tokens.</summary>
public enum SquadVersion
{
    /// <summary>Every question has an answer; without a token in common F1 is 0.</summary>
    V1 = 1,

    /// <summary>
    /// A question may have no answer: when either side has no tokens, F1 is 1 if neither has, else 0, and gold answers without tokens are dropped.
    /// </summary>
    V2 = 2,
}
