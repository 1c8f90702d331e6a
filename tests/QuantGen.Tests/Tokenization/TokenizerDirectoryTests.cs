using QuantGen.Tokenization;

namespace QuantGen.Tests.Tokenization;

public sealed class TokenizerDirectoryTests
{
    public static TheoryData<string> DefectNames() => [.. TokenizerDefects.All.Select(defect => defect.Name)];

    [Theory]
    [MemberData(nameof(DefectNames))]
    public void Every_defect_is_reported_with_its_place(string name)
    {
        TokenizerDefect defect = TokenizerDefects.All.Single(candidate => candidate.Name == name);
        using var folder = new TemporaryFolder();
        defect.WriteTo(folder.Path);

        ModelFormatException error = Assert.Throws<ModelFormatException>(() => BertTokenizer.FromDirectory(folder.Path));

        Assert.Contains(defect.Mentions, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder.Path, error.File, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_tokenizer_json_with_added_tokens_beyond_the_model()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", TokenizerDefects.ValidJson);
        folder.Write("vocab.txt", TokenizerDefects.ValidVocabulary);
        folder.Write(
            "tokenizer_config.json",
            """{"do_lower_case":true,"model_max_length":1000000000000000019884624838656,"never_split":null,"cls_token":{"content":"[CLS]"}}""");

        BertTokenizer tokenizer = BertTokenizer.FromDirectory(folder.Path);

        Assert.Equal([2, 4, 5, 6, 1, 3], tokenizer.Encode("AB[X] c").Ids.ToArray());

        // Special to the decoder are the added tokens; this file does not list [CLS] and [SEP] among them.
        Assert.Equal("[CLS] ab [SEP]", tokenizer.Decode(tokenizer.Encode("ab[X]").Ids, skipSpecialTokens: true));
        Assert.Null(tokenizer.ModelMaxLength);
        Assert.Null(tokenizer.MaskId);
        Assert.Equal(0, tokenizer.PadId);
        Assert.Equal(7, tokenizer.Vocabulary.Count);
    }

    [Fact]
    public void Vocabulary_bytes_and_options_make_an_equal_tokenizer()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", TokenizerDefects.ValidJson.Replace("\"lowercase\":true", "\"lowercase\":false"));
        BertTokenizer original = BertTokenizer.FromDirectory(folder.Path);

        BertTokenizer copy = BertTokenizer.FromVocabulary(original.VocabularyBytes, original.Options, "packed");

        Assert.Equal(original.Encode("ab A [X]b").Ids.ToArray(), copy.Encode("ab A [X]b").Ids.ToArray());
    }

    [Fact]
    public void Tokenizer_json_alone_decides_which_tokens_are_found_in_text()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", TokenizerDefects.ValidJson);

        // [SEP] is not among its added tokens, so its brackets are punctuation the vocabulary lacks.
        Assert.Equal([2, 1, 1, 1, 6, 3], BertTokenizer.FromDirectory(folder.Path).Encode("[SEP] [X]").Ids.ToArray());
    }

    [Fact]
    public void Reads_the_older_post_processor()
    {
        using var folder = new TemporaryFolder();
        int start = TokenizerDefects.ValidJson.IndexOf("\"post_processor\"", StringComparison.Ordinal);
        int end = TokenizerDefects.ValidJson.IndexOf("\"decoder\"", StringComparison.Ordinal);
        const string Older = "\"post_processor\":{\"type\":\"BertProcessing\",\"sep\":[\"[SEP]\",3],\"cls\":[\"[CLS]\",2]},";
        string json = TokenizerDefects.ValidJson[..start] + Older + TokenizerDefects.ValidJson[end..];
        folder.Write("tokenizer.json", json);

        Assert.Equal([2, 4, 3], BertTokenizer.FromDirectory(folder.Path).Encode("a").Ids.ToArray());
    }

    [Fact]
    public void Config_alone_sets_the_options_of_a_vocabulary()
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", TokenizerDefects.ValidVocabulary);
        folder.Write(
            "tokenizer_config.json",
            """{"do_lower_case":false,"strip_accents":true,"tokenize_chinese_chars":false,"model_max_length":128,"tokenizer_class":"BertTokenizer"}""");

        BertTokenizer tokenizer = BertTokenizer.FromDirectory(folder.Path);

        Assert.Equal(
            new TokenizerOptions { LowerCase = false, StripAccents = true, HandleChineseCharacters = false, AddedTokens = tokenizer.Options.AddedTokens },
            tokenizer.Options);
        Assert.Equal(128, tokenizer.ModelMaxLength);
    }

    [Fact]
    public void Cutting_the_json_anywhere_gives_one_kind_of_error()
    {
        using var folder = new TemporaryFolder();
        for (int length = 0; length < TokenizerDefects.ValidJson.Length; length += 13)
        {
            folder.Write("tokenizer.json", TokenizerDefects.ValidJson[..length]);
            Assert.Throws<ModelFormatException>(() => BertTokenizer.FromDirectory(folder.Path));
        }
    }

    [Fact]
    public void Changing_any_byte_gives_a_tokenizer_or_one_kind_of_error()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(11);
        byte[] valid = System.Text.Encoding.UTF8.GetBytes(TokenizerDefects.ValidJson);
        for (int i = 0; i < 400; i++)
        {
            byte[] changed = [.. valid];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            folder.Write("tokenizer.json", changed);
            Exception? error = Record.Exception(() => BertTokenizer.FromDirectory(folder.Path));
            Assert.True(error is null or ModelFormatException, error?.ToString());
        }
    }
}
