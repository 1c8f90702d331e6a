namespace QuantGen.Tokenization;

/// <summary>Reads the tokenizer files of a model folder and checks that they agree.</summary>
internal static class TokenizerDirectory
{
    private static readonly string[] s_sentencePieceFiles = ["spiece.model", "sentencepiece.bpe.model", "tokenizer.model"];

    /// <summary>Loads a tokenizer.</summary>
    public static BertTokenizer Load(string directory)
    {
        string vocabFile = Path.Combine(directory, "vocab.txt");
        string jsonFile = Path.Combine(directory, "tokenizer.json");
        TokenizerConfig? config = ReadConfig(directory, readsMap: !File.Exists(jsonFile));
        Vocabulary? vocabulary = File.Exists(vocabFile) ? Vocabulary.Parse(File.ReadAllBytes(vocabFile), vocabFile) : null;
        if (File.Exists(jsonFile))
        {
            TokenizerJson json = TokenizerJson.Read(File.ReadAllBytes(jsonFile), jsonFile);
            if (vocabulary is not null)
            {
                CheckAgreement(vocabulary, vocabFile, json);
            }

            CheckAgreement(AddedTokensFile.Read(directory), json);
            CheckAgreement(config?.AddedTokens().Select(entry => (entry.Token.Content, entry.Id, entry.Place)) ?? [], json);
            TokenizerOptions options = config?.Reconcile(json.Options) ?? json.Options;
            return new BertTokenizer(json.Vocabulary, options, jsonFile, config?.ModelMaxLength);
        }

        return vocabulary is null
            ? throw new ModelFormatException(directory, string.Empty, "a vocab.txt or a tokenizer.json of a WordPiece vocabulary", FoundInstead(directory))
            : FromVocabulary(vocabulary, vocabFile, config, AddedTokensFile.Read(directory));
    }

    // The map of special tokens is older than tokenizer.json, which says all that the map does.
    private static TokenizerConfig? ReadConfig(string directory, bool readsMap)
    {
        string configFile = Path.Combine(directory, "tokenizer_config.json");
        string mapFile = Path.Combine(directory, "special_tokens_map.json");
        bool hasMap = readsMap && File.Exists(mapFile);
        return File.Exists(configFile) || hasMap
            ? TokenizerConfig.Read(Bytes(configFile, File.Exists(configFile)), configFile, Bytes(mapFile, hasMap), mapFile)
            : null;
    }

    private static byte[] Bytes(string file, bool isThere) => isThere ? File.ReadAllBytes(file) : "{}"u8.ToArray();

    private static string FoundInstead(string directory) =>
        s_sentencePieceFiles.FirstOrDefault(name => File.Exists(Path.Combine(directory, name))) is string model
            ? $"{model}, a SentencePiece model, which this library does not read"
            : "neither";

    /// <summary>Makes the tokenizer of a folder without <c>tokenizer.json</c>: added tokens are in its configuration, or in a file of their own.</summary>
    private static BertTokenizer FromVocabulary(
        Vocabulary vocabulary, string vocabFile, TokenizerConfig? config, IReadOnlyList<(string Content, int Id, JsonPlace Place)> older)
    {
        TokenizerOptions options = config?.ToOptions() ?? new TokenizerOptions();
        var added = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        var table = TokenTable.Of(vocabulary);
        foreach ((AddedToken token, int id, JsonPlace place) in config?.AddedTokens() ?? [])
        {
            added[token.Content] = token with { IsPiece = table.AddToken(token.Content, id, place) };
        }

        foreach ((string content, int id, JsonPlace place) in older)
        {
            bool isPiece = table.AddToken(content, id, place);
            bool special = config?.IsSpecial(content) ?? TokenizerConfig.IsSpecial(content, options);
            added.TryAdd(content, new AddedToken(content, special) { Normalized = !special, IsPiece = isPiece });
        }

        bool isLarger = added.Values.Any(token => !token.IsPiece);
        return new BertTokenizer(
            isLarger ? table.ToVocabulary(vocabFile) : vocabulary, options with { AddedTokens = [.. added.Values], AllowsGaps = isLarger && table.HasGaps },
            vocabFile, config?.ModelMaxLength);
    }

    /// <summary>Requires that both files of a tokenizer have the same pieces.</summary>
    public static void CheckAgreement(Vocabulary vocabulary, string vocabFile, TokenizerJson json)
    {
        // Added tokens beyond the model's pieces may be in both files or in tokenizer.json only.
        IReadOnlyList<string> expected = vocabulary.Count == json.ModelPieces.Count ? json.ModelPieces : json.Tokens;
        int shared = Math.Min(vocabulary.Count, expected.Count);
        for (int line = 0; line < shared; line++)
        {
            if (vocabulary.GetPiece(line) != expected[line])
            {
                throw new ModelFormatException(
                    vocabFile, $"line {line + 1}", $"'{expected[line]}', as tokenizer.json says", $"'{vocabulary.GetPiece(line)}'");
            }
        }

        if (vocabulary.Count < json.ModelPieces.Count || vocabulary.Count > json.Tokens.Count)
        {
            throw new ModelFormatException(vocabFile, string.Empty, $"{json.ModelPieces.Count} pieces, as tokenizer.json says", $"{vocabulary.Count} pieces");
        }
    }

    private static void CheckAgreement(IEnumerable<(string Content, int Id, JsonPlace Place)> tokens, TokenizerJson json)
    {
        foreach ((string content, int id, JsonPlace place) in tokens)
        {
            int found = json.Vocabulary.IndexOf(content);
            if (found != id)
            {
                throw place.Wrong(found < 0 ? "a token that tokenizer.json has, too" : $"{found}, as tokenizer.json says", $"{id}");
            }
        }
    }
}
