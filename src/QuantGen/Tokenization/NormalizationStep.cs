namespace QuantGen.Tokenization;

/// <summary>A step of a text's normalization.</summary>
public enum NormalizationStep
{
    /// <summary>Control characters are removed, and every white space becomes a space.</summary>
    CleanText = 1,

    /// <summary>Every Chinese character gets a space on both sides.</summary>
    IsolateChinese = 2,

    /// <summary>Characters are decomposed canonically (NFD).</summary>
    Decompose = 3,

    /// <summary>Marks without a width of their own (category Mn) are removed.</summary>
    StripNonspacingMarks = 4,

    /// <summary>All marks (category M) are removed.</summary>
    StripMarks = 5,

    /// <summary>Letters become lower-case.</summary>
    LowerCase = 6,
}
