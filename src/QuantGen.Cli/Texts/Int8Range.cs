namespace QuantGen.Cli.Texts;

/// <summary>What codes of eight bits are spread over.</summary>
internal enum Int8Range
{
    /// <summary>The range of each vector.</summary>
    Vector,

    /// <summary>That of all vectors.</summary>
    Global,

    /// <summary>That of each dimension.</summary>
    Dimension,
}
