using System.Text;

namespace QuantGen.Training.Vocabularies;

/// <summary>The pieces of a vocabulary in the making.</summary>
internal sealed class PieceTable(string prefix)
{
    private readonly List<string> _pieces = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    /// <summary>Gets what the pieces inside a word start with.</summary>
    public string Prefix => prefix;

    public int Count => _pieces.Count;

    public int IndexOf(string piece) => _ids[piece];

    /// <summary>Adds a piece, or finds it: the same text may come of different pairs.</summary>
    public int Add(string piece)
    {
        if (!_ids.TryGetValue(piece, out int id))
        {
            id = _pieces.Count;
            _pieces.Add(piece);
            _ids.Add(piece, id);
        }

        return id;
    }

    /// <summary>Adds the piece that two neighbours become.</summary>
    public int Join(int left, int right) => Add(_pieces[left] + _pieces[right][prefix.Length..]);

    /// <summary>Returns the bytes of a <c>vocab.txt</c>.</summary>
    public byte[] ToLines() => Encoding.UTF8.GetBytes(string.Concat(_pieces.Select(piece => piece + "\n")));
}
