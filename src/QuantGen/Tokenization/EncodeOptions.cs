namespace QuantGen.Tokenization;

/// <summary>How long an encoding may be and what happens to longer ones.</summary>
public sealed record EncodeOptions
{
    /// <summary>Gets the largest count of tokens, special ones included; null, the default, for no limit.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Gets which text is cut. Default <see cref="Truncation.None"/>: a longer encoding is returned as it is.</summary>
    public Truncation Truncation { get; init; }

    /// <summary>
    /// Gets how many tokens of a cut text neighbouring windows share (<c>stride</c> in Hugging Face tokenizers). Default 0; only windows use it.
    /// </summary>
    public int Overlap { get; init; }
}
