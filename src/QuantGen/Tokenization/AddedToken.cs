namespace QuantGen.Tokenization;

/// <summary>A token that is found literally in text before it is split into words, as <c>[MASK]</c> is.</summary>
/// <param name="Content">The text of the token; the vocabulary has it, too.</param>
/// <param name="Special">Whether decoding may leave the token out.</param>
/// <param name="LeftStrip">Whether the token swallows the white space to its left.</param>
/// <param name="RightStrip">Whether the token swallows the white space to its right.</param>
public sealed record AddedToken(string Content, bool Special = true, bool LeftStrip = false, bool RightStrip = false)
{
    /// <summary>Gets whether the token, normalized, is looked for in the normalized text, and not as it is in the raw text. Default false.</summary>
    public bool Normalized { get; init; }

    /// <summary>Gets whether the token is found only where no character of a word stands right beside it. Default false.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Gets whether words are split into the token, too, as into any piece. Tokens that were added to a finished vocabulary are no pieces. Default
    /// true.</summary>
    public bool IsPiece { get; init; } = true;
}
