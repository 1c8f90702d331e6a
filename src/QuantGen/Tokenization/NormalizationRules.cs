namespace QuantGen.Tokenization;

/// <summary>The four switches of BERT's normalizer.</summary>
internal readonly record struct NormalizationRules(bool CleanText, bool HandleChineseCharacters, bool StripAccents, bool LowerCase)
{
    /// <summary>Gets a number from 0 to 15, one for each combination.</summary>
    public int Index => (CleanText ? 1 : 0) | (HandleChineseCharacters ? 2 : 0) | (StripAccents ? 4 : 0) | (LowerCase ? 8 : 0);
}
