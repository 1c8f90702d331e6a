namespace QuantGen.Tokenization;

/// <summary>What a character does to the word it stands in, after normalization.</summary>
internal enum CharacterKind : byte
{
    /// <summary>Continues a word, as the mapped character.</summary>
    Word,

    /// <summary>Ends a word.</summary>
    Space,

    /// <summary>Is a word of its own, as the mapped character: punctuation or a Chinese character.</summary>
    Isolated,

    /// <summary>Vanishes; the word goes on.</summary>
    Removed,

    /// <summary>Depends on its neighbours or becomes several characters: <see cref="RunNormalizer"/> decides.</summary>
    Complex,
}
