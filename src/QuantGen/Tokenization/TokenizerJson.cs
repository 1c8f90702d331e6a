namespace QuantGen.Tokenization;

/// <summary>What a <c>tokenizer.json</c> says, if it is that of a BERT WordPiece tokenizer.</summary>
/// <param name="Vocabulary">All tokens by id: the pieces of the model, and the added tokens that are not among them.</param>
/// <param name="ModelPieces">The model's own pieces in the order of their ids.</param>
/// <param name="Tokens">All tokens in the order of their ids.</param>
/// <param name="Options">The options it amounts to.</param>
internal sealed record TokenizerJson(Vocabulary Vocabulary, IReadOnlyList<string> ModelPieces, IReadOnlyList<string> Tokens, TokenizerOptions Options)
{
    /// <summary>Reads the file. What it says about truncation and padding is left to the caller of the tokenizer.</summary>
    public static TokenizerJson Read(byte[] bytes, string file)
    {
        JsonPlace root = JsonPlace.Parse(bytes, file);
        JsonPlace model = root.Get("model");
        CheckModel(model);
        JsonPlace normalizer = root.Get("normalizer");
        root.Get("pre_tokenizer").Get("type").ExpectString("BertPreTokenizer");
        (string classify, string separator) = PostProcessorJson.Read(root.Get("post_processor"));

        var table = new TokenTable();
        foreach ((string piece, JsonPlace id) in model.Get("vocab").AsPairs())
        {
            table.AddPiece(piece, id.AsCount(), id);
        }

        string[] modelPieces = [.. table.Tokens];
        List<AddedToken> added = ReadAddedTokens(root, table);
        JsonPlace? decoder = root.FindNotNull("decoder");
        decoder?.Get("type").ExpectString("WordPiece");
        TokenizerOptions options = NormalizerJson.Read(normalizer, new TokenizerOptions
        {
            UnknownToken = model.Find("unk_token")?.AsString() ?? "[UNK]",
            ContinuingPrefix = model.Find("continuing_subword_prefix")?.AsString() ?? "##",
            MaxInputCharsPerWord = ReadMaxCharacters(model),
            ClassifyToken = classify,
            SeparatorToken = separator,
            CleanUpDecodedSpaces = decoder?.Find("cleanup")?.AsBoolean() ?? true,
            FindSpecialTokens = false,
            AddedTokens = added,
            AllowsGaps = table.HasGaps,
        });
        if (decoder?.Find("prefix") is JsonPlace prefix)
        {
            prefix.ExpectString(options.ContinuingPrefix);
        }

        return new TokenizerJson(table.ToVocabulary(file), modelPieces, [.. table.Tokens], options);
    }

    private static void CheckModel(JsonPlace model)
    {
        if (model.FindNotNull("type") is not JsonPlace type || type.AsString() == "WordPiece")
        {
            return;
        }

        string found = type.AsString() switch
        {
            "Unigram" => "'Unigram', a SentencePiece model, which this library does not read",
            string other => $"'{other}'",
        };
        throw type.Wrong("'WordPiece'", found);
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

    private static List<AddedToken> ReadAddedTokens(JsonPlace root, TokenTable table)
    {
        var added = new List<AddedToken>();
        if (root.FindNotNull("added_tokens") is not JsonPlace list)
        {
            return added;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonPlace place in list.AsArray())
        {
            AddedToken token = AddedTokenJson.Read(place);
            if (!seen.Add(token.Content))
            {
                throw place.Wrong("every added token once", $"'{token.Content}' again");
            }

            added.Add(token with { IsPiece = table.AddToken(token.Content, place.Get("id").AsCount(), place) });
        }

        return added;
    }
}
