namespace QuantGen.Tokenization;

/// <summary>Reads the tokenizer files of a model folder and checks that they agree.</summary>
internal static class TokenizerDirectory
{
    /// <summary>Loads a tokenizer.</summary>
    public static BertTokenizer Load(string directory)
    {
        string vocabFile = Path.Combine(directory, "vocab.txt");
        string jsonFile = Path.Combine(directory, "tokenizer.json");
        string configFile = Path.Combine(directory, "tokenizer_config.json");
        TokenizerConfig? config = File.Exists(configFile) ? TokenizerConfig.Read(File.ReadAllBytes(configFile), configFile) : null;
        Vocabulary? vocabulary = File.Exists(vocabFile) ? Vocabulary.Parse(File.ReadAllBytes(vocabFile), vocabFile) : null;
        if (File.Exists(jsonFile))
        {
            TokenizerJson json = TokenizerJson.Read(File.ReadAllBytes(jsonFile), jsonFile);
            if (vocabulary is not null)
            {
                CheckAgreement(vocabulary, vocabFile, json);
            }

            TokenizerOptions options = config?.Reconcile(json.Options) ?? json.Options;
            return new BertTokenizer(json.Vocabulary, options, jsonFile, config?.ModelMaxLength);
        }

        if (vocabulary is null)
        {
            throw new ModelFormatException(directory, string.Empty, "a vocab.txt or a tokenizer.json", "neither");
        }

        CheckNoOlderAddedTokens(Path.Combine(directory, "added_tokens.json"));
        return new BertTokenizer(vocabulary, config?.ToOptions() ?? new TokenizerOptions(), vocabFile, config?.ModelMaxLength);
    }

    /// <summary>Refuses the older file of added tokens rather than leave out what it says.</summary>
    private static void CheckNoOlderAddedTokens(string file)
    {
        if (File.Exists(file) && JsonPlace.Parse(File.ReadAllBytes(file), file).AsPairs().Any())
        {
            throw new ModelFormatException(file, string.Empty, "no added tokens without a tokenizer.json", "some");
        }
    }

    /// <summary>Requires that both files of a tokenizer have the same pieces.</summary>
    public static void CheckAgreement(Vocabulary vocabulary, string vocabFile, TokenizerJson json)
    {
        int shared = Math.Min(vocabulary.Count, json.Vocabulary.Count);
        for (int id = 0; id < shared; id++)
        {
            if (!vocabulary.GetPieceUtf8(id).SequenceEqual(json.Vocabulary.GetPieceUtf8(id)))
            {
                throw new ModelFormatException(
                    vocabFile, $"line {id + 1}", $"'{json.Vocabulary.GetPiece(id)}', as tokenizer.json says", $"'{vocabulary.GetPiece(id)}'");
            }
        }

        // Added tokens beyond the model's pieces may be in both files or in tokenizer.json only.
        if (vocabulary.Count < json.ModelPieces || vocabulary.Count > json.Vocabulary.Count)
        {
            throw new ModelFormatException(vocabFile, string.Empty, $"{json.ModelPieces} pieces, as tokenizer.json says", $"{vocabulary.Count} pieces");
        }
    }
}
