namespace QuantGen.Training.Vocabularies;

/// <summary>A distinct word as pieces.</summary>
/// <param name="pieces">Its pieces, which merging makes fewer.</param>
/// <param name="count">How often the word occurs.</param>
internal sealed class PieceWord(int[] pieces, long count)
{
    private int _length = pieces.Length;

    public ReadOnlySpan<int> Pieces => pieces.AsSpan(0, _length);

    public long Count => count;

    /// <summary>Replaces a pair of neighbours by one piece, from left to right.</summary>
    /// <returns>Whether the word had the pair.</returns>
    public bool Merge(int left, int right, int merged)
    {
        int length = 0;
        for (int i = 0; i < _length; i++)
        {
            bool isPair = pieces[i] == left && i + 1 < _length && pieces[i + 1] == right;
            pieces[length++] = isPair ? merged : pieces[i];
            i += isPair ? 1 : 0;
        }

        bool had = length < _length;
        _length = length;
        return had;
    }
}
