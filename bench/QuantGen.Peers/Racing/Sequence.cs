namespace QuantGen.Peers.Racing;

/// <summary>The tokens of one text or pair.</summary>
/// <param name="Ids">Their ids.</param>
/// <param name="Types">The segment of each.</param>
internal sealed record Sequence(int[] Ids, int[] Types)
{
    public int Length => Ids.Length;

    /// <summary>Makes a text of a length. Which ids it has changes no timing: a product does not look at its numbers.</summary>
    public static Sequence OfLength(int length, int vocabularySize) =>
        new([.. Enumerable.Range(0, length).Select(i => ((i * 7919) + 101) % vocabularySize)], new int[length]);
}
