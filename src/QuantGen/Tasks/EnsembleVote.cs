namespace QuantGen.Tasks;

/// <summary>How the outputs of an ensemble's members become one answer.</summary>
public enum EnsembleVote
{
    /// <summary>The mean of the members' outputs, weighted by their votes.</summary>
    Weighted,

    /// <summary>
    /// Each member's class counts as much as its vote weighs (AdaBoost). Of two members the heavier one always wins, so that this needs three or more.
    /// </summary>
    Votes,

    /// <summary>Each member's class counts once; a tie is decided by the weights.</summary>
    Majority,
}
