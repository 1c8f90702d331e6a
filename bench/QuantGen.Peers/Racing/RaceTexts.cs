using QuantGen.Tokenization;
using QuantGen.Training.Data;

namespace QuantGen.Peers.Racing;

/// <summary>The token ids of real texts, in batches.</summary>
internal static class RaceTexts
{
    /// <summary>Reads the first texts of a file by our tokenizer.</summary>
    /// <param name="sentences">A data set or a plain text.</param>
    /// <param name="vocabulary">A <c>vocab.txt</c>, or a folder with one.</param>
    /// <param name="count">How many texts are wanted.</param>
    /// <exception cref="InvalidDataException">The file has fewer.</exception>
    public static IReadOnlyList<Sequence> Read(string sentences, string vocabulary, int count)
    {
        IReadOnlyList<string> texts = TextFiles.Load(sentences);
        if (texts.Count < count)
        {
            throw new InvalidDataException(FormattableString.Invariant($"{sentences} has {texts.Count} texts, and {count} are needed"));
        }

        BertTokenizer tokenizer = OpenTokenizer(vocabulary);
        return [.. texts.Take(count).Select(text => tokenizer.Encode(text)).Select(tokens => new Sequence(tokens.Ids.ToArray(), new int[tokens.Length]))];
    }

    /// <summary>Opens a tokenizer of texts in lower case.</summary>
    /// <param name="vocabulary">A <c>vocab.txt</c>, or a folder with what else a tokenizer has.</param>
    public static BertTokenizer OpenTokenizer(string vocabulary) => Directory.Exists(vocabulary)
        ? BertTokenizer.FromDirectory(vocabulary)
        : BertTokenizer.FromVocabulary(File.ReadAllBytes(vocabulary), new TokenizerOptions(), vocabulary);

    /// <summary>Puts texts into batches of the same size, as they come or sorted by length.</summary>
    public static IReadOnlyList<IReadOnlyList<Sequence>> Batches(IEnumerable<Sequence> texts, int size, bool isSorted) =>
        [.. (isSorted ? texts.OrderBy(text => text.Length) : texts).Chunk(size)];
}
