namespace QuantGen.Tokenization;

/// <summary>A token that is found literally in the raw text, before anything is normalized, as <c>[MASK]</c> is.</summary>
/// <param name="Content">The text of the token; it is a piece of the vocabulary too.</param>
/// <param name="Special">Whether decoding may leave the token out.</param>
/// <param name="LeftStrip">Whether the token swallows the white space to its left.</param>
/// <param name="RightStrip">Whether the token swallows the white space to its right.</param>
public sealed record AddedToken(string Content, bool Special = true, bool LeftStrip = false, bool RightStrip = false);
