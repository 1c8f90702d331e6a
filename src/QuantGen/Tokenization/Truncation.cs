namespace QuantGen.Tokenization;

/// <summary>Which text gives up tokens when an encoding is longer than allowed.</summary>
public enum Truncation
{
    /// <summary>Neither: the encoding keeps its length, and the caller checks it.</summary>
    None,

    /// <summary>The longer one; once both are equally long, both.</summary>
    LongestFirst,

    /// <summary>The first text only.</summary>
    OnlyFirst,

    /// <summary>The second text only, as for question answering.</summary>
    OnlySecond,
}
