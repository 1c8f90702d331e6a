using QuantGen.Tokenization;

namespace QuantGen.Training.Vocabularies;

/// <summary>Says what vocabulary <see cref="VocabularyTrainer"/> makes; the defaults are those of Hugging Face's BertWordPieceTokenizer.</summary>
public sealed record VocabularyOptions
{
    /// <summary>Gets the most pieces, special tokens included. Default 30,000.</summary>
    public int Size { get; init; } = 30_000;

    /// <summary>Gets how often two pieces must stand together to become one. Default 2.</summary>
    public int MinFrequency { get; init; } = 2;

    /// <summary>Gets the most characters that have pieces; the rarest others stay unknown. Default 1,000.</summary>
    public int AlphabetLimit { get; init; } = 1_000;

    /// <summary>Gets how text is treated, the special tokens' names among it.</summary>
    public TokenizerOptions Tokenizer { get; init; } = new();
}
