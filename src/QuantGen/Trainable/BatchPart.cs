namespace QuantGen.Trainable;

/// <summary>Where a part stands in the batch of a step that is run in parts, whose gradients are added up (gradient accumulation).</summary>
/// <remarks>
/// Parts are run in the order of their sequences, each forwards and backwards. What is done once for a batch, such as the way back through the quantizers of
/// weights, is done with the last of them. The default is a batch that is run whole.
/// </remarks>
/// <param name="Before">What the parts before it have: dropout numbers its elements from there on.</param>
/// <param name="Whole">What the whole batch has.</param>
public readonly record struct BatchPart(BatchCounts Before, BatchCounts Whole)
{
    /// <summary>Gets whether sums of gradients begin.</summary>
    internal bool IsFirst => Before.Sequences == 0;

    /// <summary>Gets whether sums of gradients are complete behind a part.</summary>
    internal bool IsLast(int sequences) => Whole.Sequences == 0 || Before.Sequences + sequences >= Whole.Sequences;
}
