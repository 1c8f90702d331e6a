namespace QuantGen.Tokenization;

/// <summary>How a BERT tokenizer treats text; the defaults are those of <c>bert-base-uncased</c>.</summary>
public sealed record TokenizerOptions
{
    /// <summary>Gets whether text is lower-cased. Default true.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>Gets the steps of a normalizer that is not BERT's, in their order, at most 16. Null, the default, for BERT's, which the switches
    /// <see cref="CleanText"/>, <see cref="HandleChineseCharacters"/>, <see cref="StripAccents"/> and <see cref="LowerCase"/> describe.</summary>
    public IReadOnlyList<NormalizationStep>? NormalizationSteps { get; init; }

    /// <summary>Gets whether accents are removed; null, the default, follows <see cref="LowerCase"/>.</summary>
    public bool? StripAccents { get; init; }

    /// <summary>Gets whether control characters are removed and every white space becomes a space. Default true.</summary>
    public bool CleanText { get; init; } = true;

    /// <summary>Gets whether every Chinese character is a word of its own. Default true.</summary>
    public bool HandleChineseCharacters { get; init; } = true;

    /// <summary>Gets the longest word, in code points, that is split into pieces; longer ones become the unknown token. Default 100.</summary>
    public int MaxInputCharsPerWord { get; init; } = 100;

    /// <summary>Gets what the pieces inside a word start with in the vocabulary. Default <c>##</c>.</summary>
    public string ContinuingPrefix { get; init; } = "##";

    /// <summary>Gets the token of words that cannot be split. Required in the vocabulary.</summary>
    public string UnknownToken { get; init; } = "[UNK]";

    /// <summary>Gets the token that starts every encoding. Required in the vocabulary.</summary>
    public string ClassifyToken { get; init; } = "[CLS]";

    /// <summary>Gets the token that ends every text. Required in the vocabulary.</summary>
    public string SeparatorToken { get; init; } = "[SEP]";

    /// <summary>Gets the padding token. The vocabulary may lack it.</summary>
    public string PadToken { get; init; } = "[PAD]";

    /// <summary>Gets the mask token. The vocabulary may lack it.</summary>
    public string MaskToken { get; init; } = "[MASK]";

    /// <summary>Gets whether the five tokens above are found literally in text. Default true.</summary>
    /// <remarks>A <c>tokenizer.json</c> lists all tokens that are, so reading one turns this off and fills <see cref="AddedTokens"/>.</remarks>
    public bool FindSpecialTokens { get; init; } = true;

    /// <summary>Gets more tokens found literally in text; one of the five above here replaces how that one is found.</summary>
    /// <remarks>Each must be in the vocabulary. Matching prefers the leftmost token, then the longest.</remarks>
    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>Gets whether empty lines of the vocabulary are ids without a piece. Default false: they are errors.</summary>
    public bool AllowsGaps { get; init; }

    /// <summary>Gets whether decoding removes the spaces before punctuation and contractions. Default true.</summary>
    public bool CleanUpDecodedSpaces { get; init; } = true;

    internal bool StripsAccents => StripAccents ?? LowerCase;
}
