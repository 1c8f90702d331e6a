using System.Buffers;
using System.Text;

namespace QuantGen.Tokenization;

/// <summary>What a <c>tokenizer.json</c> says, if it is that of a BERT WordPiece tokenizer.</summary>
/// <param name="Vocabulary">The pieces of the model, then the added tokens that are not among them.</param>
/// <param name="ModelPieces">How many pieces are the model's own.</param>
/// <param name="Options">The options it amounts to.</param>
internal sealed record TokenizerJson(Vocabulary Vocabulary, int ModelPieces, TokenizerOptions Options)
{
    /// <summary>Reads the file. What it says about truncation and padding is left to the caller of the tokenizer.</summary>
    public static TokenizerJson Read(byte[] bytes, string file)
    {
        JsonPlace root = JsonPlace.Parse(bytes, file);
        JsonPlace normalizer = root.Get("normalizer");
        normalizer.Get("type").ExpectString("BertNormalizer");
        root.Get("pre_tokenizer").Get("type").ExpectString("BertPreTokenizer");
        JsonPlace model = root.Get("model");
        model.FindNotNull("type")?.ExpectString("WordPiece");
        (string classify, string separator) = PostProcessorJson.Read(root.Get("post_processor"));

        var pieces = new List<string>(ReadModelPieces(model.Get("vocab")));
        int modelPieces = pieces.Count;
        List<AddedToken> added = ReadAddedTokens(root, pieces);
        JsonPlace? decoder = root.FindNotNull("decoder");
        decoder?.Get("type").ExpectString("WordPiece");
        var options = new TokenizerOptions
        {
            CleanText = normalizer.Find("clean_text")?.AsBoolean() ?? true,
            HandleChineseCharacters = normalizer.Find("handle_chinese_chars")?.AsBoolean() ?? true,
            StripAccents = normalizer.FindNotNull("strip_accents")?.AsBoolean(),
            LowerCase = normalizer.Find("lowercase")?.AsBoolean() ?? true,
            UnknownToken = model.Find("unk_token")?.AsString() ?? "[UNK]",
            ContinuingPrefix = model.Find("continuing_subword_prefix")?.AsString() ?? "##",
            MaxInputCharsPerWord = ReadMaxCharacters(model),
            ClassifyToken = classify,
            SeparatorToken = separator,
            CleanUpDecodedSpaces = decoder?.Find("cleanup")?.AsBoolean() ?? true,
            FindSpecialTokens = false,
            AddedTokens = added,
        };
        if (decoder?.Find("prefix") is JsonPlace prefix)
        {
            prefix.ExpectString(options.ContinuingPrefix);
        }

        return new TokenizerJson(Vocabulary.Parse(Lines(pieces), file), modelPieces, options);
    }

    private static int ReadMaxCharacters(JsonPlace model)
    {
        if (model.Find("max_input_chars_per_word") is not JsonPlace place)
        {
            return new TokenizerOptions().MaxInputCharsPerWord;
        }

        int count = place.AsCount();
        return count > 0 ? count : throw place.Wrong("at least 1", "0");
    }

    private static string[] ReadModelPieces(JsonPlace vocab)
    {
        var entries = new List<(string Piece, int Id, JsonPlace Place)>();
        foreach ((string piece, JsonPlace value) in vocab.AsPairs())
        {
            entries.Add((piece, value.AsCount(), value));
        }

        string?[] pieces = new string?[entries.Count];
        foreach ((string piece, int id, JsonPlace place) in entries)
        {
            if (id >= pieces.Length)
            {
                throw place.Wrong($"an id below {pieces.Length}, the count of pieces", $"{id}");
            }

            if (pieces[id] is string other)
            {
                throw place.Wrong("an id of its own", $"{id}, which '{other}' has already");
            }

            // Such pieces could not be written as lines of a vocab.txt, and BERT's words never contain them.
            if (piece.Length == 0 || piece.AsSpan().IndexOfAny('\n', '\r', '\0') >= 0)
            {
                throw place.Wrong("a piece of printable text", piece.Length == 0 ? "an empty piece" : "a control character in it");
            }

            pieces[id] = piece;
        }

        // As many ids as pieces, all different and below the count: none is missing.
        return pieces!;
    }

    private static List<AddedToken> ReadAddedTokens(JsonPlace root, List<string> pieces)
    {
        var added = new List<AddedToken>();
        if (root.FindNotNull("added_tokens") is not JsonPlace list)
        {
            return added;
        }

        var places = new List<(JsonPlace Place, int Id, AddedToken Token)>();
        foreach (JsonPlace place in list.AsArray())
        {
            AddedToken token = AddedTokenJson.Read(place);
            if (added.Exists(other => other.Content == token.Content))
            {
                throw place.Wrong("every added token once", $"'{token.Content}' again");
            }

            added.Add(token);
            places.Add((place, place.Get("id").AsCount(), token));
        }

        // Those beyond the model's pieces take the next ids, in order of their ids.
        foreach ((JsonPlace place, int id, AddedToken token) in places.OrderBy(entry => entry.Id))
        {
            if (id == pieces.Count)
            {
                pieces.Add(token.Content);
            }
            else if (id > pieces.Count || pieces[id] != token.Content)
            {
                throw place.Wrong($"'{token.Content}' with its id of the vocabulary or the next free id {pieces.Count}", $"id {id}");
            }
        }

        return added;
    }

    private static ReadOnlySpan<byte> Lines(List<string> pieces)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (string piece in pieces)
        {
            System.Text.Encoding.UTF8.GetBytes(piece.AsSpan(), bytes);
            bytes.Write("\n"u8);
        }

        return bytes.WrittenSpan;
    }
}
