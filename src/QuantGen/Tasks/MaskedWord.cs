using QuantGen.Tokenization;

namespace QuantGen.Tasks;

/// <summary>A word piece that may stand in a masked place.</summary>
/// <param name="Piece">The piece, as the vocabulary spells it.</param>
/// <param name="Id">Its id.</param>
/// <param name="Probability">How likely it is there.</param>
public sealed record MaskedWord(string Piece, int Id, float Probability)
{
    /// <summary>Chooses the likeliest pieces of one place; among equal ones the first.</summary>
    internal static IReadOnlyList<MaskedWord> Likeliest(ReadOnlySpan<float> outputs, int top, BertTokenizer tokenizer)
    {
        float[] probabilities = LabelChoice.Probabilities(outputs);

        // Rows that pad the word embedding stand for no piece.
        float[] words = tokenizer.Vocabulary.Count < probabilities.Length ? probabilities[..tokenizer.Vocabulary.Count] : probabilities;
        return [.. Ranking.Largest(words, top).Select(id => new MaskedWord(tokenizer.Vocabulary.GetPiece(id), id, probabilities[id]))];
    }
}
