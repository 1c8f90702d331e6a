using QuantGen.Tokenization;

namespace QuantGen.Tasks;

/// <summary>The encoded texts of a call's texts, one after the other.</summary>
internal sealed class EncodedTexts
{
    public EncodedTexts(IReadOnlyList<EncodedText> encodings)
    {
        Items = encodings;
        Lengths = [.. encodings.Select(e => e.Length)];
        TokenCount = checked((int)Lengths.Sum(length => (long)length));
        Ids = new int[TokenCount];
        Types = new byte[TokenCount];
        int token = 0;
        foreach (EncodedText encoding in encodings)
        {
            encoding.Ids.CopyTo(Ids.AsSpan(token));
            encoding.TypeIds.CopyTo(Types.AsSpan(token));
            token += encoding.Length;
        }
    }

    public IReadOnlyList<EncodedText> Items { get; }

    public int[] Ids { get; }

    public byte[] Types { get; }

    public int[] Lengths { get; }

    public int TokenCount { get; }
}
