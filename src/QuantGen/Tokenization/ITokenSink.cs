namespace QuantGen.Tokenization;

/// <summary>Receives tokens in text order; a struct, so that the scanner is compiled for each kind of receiver.</summary>
internal interface ITokenSink
{
    /// <summary>Gets whether <see cref="Add"/> uses the positions; without them the scanner skips tracking.</summary>
    static abstract bool WantsOffsets { get; }

    /// <summary>Receives one token and the UTF-16 range of the text it stands for.</summary>
    void Add(int id, int start, int end);
}
