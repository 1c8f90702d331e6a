using System.Globalization;
using System.Text;
using QuantGen.Tokenization;

namespace QuantGen.Training.Vocabularies;

/// <summary>Makes a WordPiece vocabulary of counted words by byte-pair merging, as Hugging Face's WordPieceTrainer does.</summary>
/// <remarks>
/// First come the special tokens, then the characters, then the characters inside words, then merged pieces: again and again the pair of
/// neighbours that occurs most often becomes a piece; of equally frequent pairs the one of the lower ids. Characters are in the order of their
/// code points, so equal counts give equal vocabularies. Words with a character outside the alphabet and words longer than the tokenizer
/// splits are unknown in any case and have no part.
/// </remarks>
public static class VocabularyTrainer
{
    /// <summary>Makes a vocabulary.</summary>
    /// <param name="words">The words of the texts.</param>
    /// <param name="options">The vocabulary's size and the like.</param>
    /// <param name="progress">Gets the share of the pieces that exist.</param>
    /// <param name="cancellation">Ends the work between two merges.</param>
    /// <returns>At most as many pieces as asked for; fewer when no pair is frequent enough any more.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is below 1.</exception>
    /// <exception cref="InvalidDataException">There are no words, or their characters alone need more pieces.</exception>
    public static Vocabulary Train(WordCounter words, VocabularyOptions options, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinFrequency, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.AlphabetLimit, 1);
        if (words.Words.Count == 0)
        {
            throw new InvalidDataException("There is no word to make a vocabulary of.");
        }

        HashSet<Rune> alphabet = Alphabet(words, options.AlphabetLimit);
        var pieces = new PieceTable(options.Tokenizer.ContinuingPrefix);
        foreach (string special in SpecialTokens(options.Tokenizer))
        {
            pieces.Add(special);
        }

        List<PieceWord> split = Split(words, options.Tokenizer.MaxInputCharsPerWord, alphabet, pieces);
        if (pieces.Count > options.Size)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The special tokens and {alphabet.Count} characters of these texts need {pieces.Count} pieces, and the vocabulary may have {options.Size}."));
        }

        var merger = new PairMerger(split);
        while (pieces.Count < options.Size && merger.TryTake(options.MinFrequency, out int left, out int right))
        {
            cancellation.ThrowIfCancellationRequested();
            merger.Merge(left, right, pieces.Join(left, right));
            progress?.Report((double)pieces.Count / options.Size);
        }

        return Vocabulary.Parse(pieces.ToLines(), "the new vocabulary");
    }

    private static string[] SpecialTokens(TokenizerOptions options) =>
        [options.PadToken, options.UnknownToken, options.ClassifyToken, options.SeparatorToken, options.MaskToken];

    private static HashSet<Rune> Alphabet(WordCounter words, int limit)
    {
        var counts = new Dictionary<Rune, long>();
        for (int i = 0; i < words.Words.Count; i++)
        {
            foreach (Rune character in words.Words[i].EnumerateRunes())
            {
                counts[character] = counts.GetValueOrDefault(character) + words.Counts[i];
            }
        }

        return [.. counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).Take(limit).Select(entry => entry.Key)];
    }

    /// <summary>Splits words into characters, which become pieces.</summary>
    private static List<PieceWord> Split(WordCounter words, int longest, HashSet<Rune> alphabet, PieceTable pieces)
    {
        var known = new List<(Rune[] Characters, long Count)>();
        for (int i = 0; i < words.Words.Count; i++)
        {
            Rune[] characters = [.. words.Words[i].EnumerateRunes()];
            if (characters.Length <= longest && characters.All(alphabet.Contains))
            {
                known.Add((characters, words.Counts[i]));
            }
        }

        foreach (Rune character in alphabet.Order())
        {
            pieces.Add(character.ToString());
        }

        foreach (Rune character in known.SelectMany(word => word.Characters.Skip(1)).Distinct().Order())
        {
            pieces.Add(pieces.Prefix + character);
        }

        return known.ConvertAll(word => new PieceWord(
            [.. word.Characters.Select((character, at) => pieces.IndexOf(at == 0 ? character.ToString() : pieces.Prefix + character))], word.Count));
    }
}
