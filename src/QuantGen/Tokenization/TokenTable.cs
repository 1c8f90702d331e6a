using System.Buffers;
using System.Text;

namespace QuantGen.Tokenization;

/// <summary>Collects the tokens of files by id: the pieces of the model and the tokens that were added to them. Ids may leave gaps.</summary>
internal sealed class TokenTable
{
    /// <summary>The most ids without a token; they take memory although no file has text for them.</summary>
    public const int MaxGaps = 1 << 20;

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, string> _tokens = [];

    /// <summary>Gets the tokens in the order of their ids.</summary>
    public IReadOnlyCollection<string> Tokens => _tokens.Values;

    /// <summary>Gets whether there are ids without a token below the largest one.</summary>
    public bool HasGaps => _tokens.Count > 0 && _tokens.Keys.Last() >= _tokens.Count;

    /// <summary>Makes the table of a finished vocabulary.</summary>
    public static TokenTable Of(Vocabulary vocabulary)
    {
        var table = new TokenTable();
        for (int id = 0; id < vocabulary.Count; id++)
        {
            table._ids.Add(vocabulary.GetPiece(id), id);
            table._tokens.Add(id, vocabulary.GetPiece(id));
        }

        return table;
    }

    /// <summary>Adds a piece of the model.</summary>
    public void AddPiece(string piece, int id, JsonPlace place)
    {
        // Such pieces could not be written as lines of a vocab.txt, and BERT's words never contain them.
        if (piece.Length == 0 || piece.AsSpan().IndexOfAny('\n', '\r', '\0') >= 0)
        {
            throw place.Wrong("a piece of printable text", piece.Length == 0 ? "an empty piece" : "a control character in it");
        }

        Add(piece, id, place);
    }

    /// <summary>Adds a token to the model's pieces unless it is one of them; returns whether it is.</summary>
    public bool AddToken(string content, int id, JsonPlace place)
    {
        if (!_ids.TryGetValue(content, out int known))
        {
            Add(content, id, place);
            return false;
        }

        return known == id ? true : throw place.Wrong($"'{content}' with its id of the vocabulary, {known}", $"id {id}");
    }

    /// <summary>Makes the vocabulary; ids without a token become empty lines.</summary>
    public Vocabulary ToVocabulary(string file)
    {
        if (_tokens.Count > 0 && _tokens.Last() is { Key: int last, Value: string token } && last >= _tokens.Count + MaxGaps)
        {
            throw new ModelFormatException(file, string.Empty, $"at most {MaxGaps} unused ids", $"{_tokens.Count} tokens, and id {last} for '{token}'");
        }

        var bytes = new ArrayBufferWriter<byte>();
        int next = 0;
        foreach ((int id, string piece) in _tokens)
        {
            for (; next < id; next++)
            {
                bytes.Write("\n"u8);
            }

            Encoding.UTF8.GetBytes(piece.AsSpan(), bytes);
            bytes.Write("\n"u8);
            next = id + 1;
        }

        return VocabularyReader.Read(bytes.WrittenSpan, file, allowsGaps: HasGaps);
    }

    private void Add(string token, int id, JsonPlace place)
    {
        if (!_tokens.TryAdd(id, token))
        {
            throw place.Wrong("an id of its own", $"{id}, which '{_tokens[id]}' has already");
        }

        _ids.Add(token, id);
    }
}
