using QuantGen.Tokenization;

namespace QuantGen.Training.Tests.Batching;

/// <summary>A tokenizer of few words.</summary>
internal static class Vocabularies
{
    public static BertTokenizer Small { get; } = Of(
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "sat", "on", "mat", "who", "?", ".", "dog", "ran");

    public static BertTokenizer Of(params string[] pieces)
        => BertTokenizer.FromVocabulary(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', pieces)), new TokenizerOptions(), "vocab.txt");
}
