namespace QuantGen.Tests.Tokenization;

/// <summary>Crafted defects of vocab.txt, tokenizer.json and tokenizer_config.json; each must give a ModelFormatException.</summary>
public static class TokenizerDefects
{
    /// <summary>A valid tokenizer.json that the defects are made from.</summary>
    public const string ValidJson =
        """
        {"version":"1.0","truncation":null,"padding":null,
        "added_tokens":[{"id":1,"content":"[UNK]","special":true,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false},
        {"id":6,"content":"[X]","special":true,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false}],
        "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
        "pre_tokenizer":{"type":"BertPreTokenizer"},
        "post_processor":{"type":"TemplateProcessing",
        "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],
        "pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}},
        {"Sequence":{"id":"B","type_id":1}},{"SpecialToken":{"id":"[SEP]","type_id":1}}],
        "special_tokens":{}},
        "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
        "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
        "vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"a":4,"##b":5}}}
        """;

    /// <summary>The vocab.txt that agrees with <see cref="ValidJson"/>.</summary>
    public const string ValidVocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n##b\n";

    /// <summary>Gets all defects.</summary>
    public static IReadOnlyList<TokenizerDefect> All { get; } = [.. Vocabularies(), .. Jsons(), .. Configs(), .. Disagreements()];

    private static IEnumerable<TokenizerDefect> Vocabularies() =>
    [
        Vocab("empty file", [], "an empty file"),
        Vocab("only a line end", "\n", "line 1"),
        Vocab("empty line in the middle", "[UNK]\n\n[CLS]\n[SEP]\n", "line 2"),
        Vocab("two line ends at the end", ValidVocabulary + "\n", "line 7"),
        Vocab("repeated short piece", ValidVocabulary + "a\n", "line 7"),
        Vocab("repeated long piece", ValidVocabulary + "##b\n", "'##b', which is on line 6"),
        Vocab("not UTF-8", [.. Bytes(ValidVocabulary), 0xC3, 0x28, 0x0A], "UTF-8"),
        Vocab("UTF-16", System.Text.Encoding.Unicode.GetBytes(ValidVocabulary), "vocab.txt"),
        Vocab("half a surrogate pair in UTF-8", [.. Bytes(ValidVocabulary), 0xED, 0xA0, 0x80], "line 7"),
        Vocab("byte order mark", [0xEF, 0xBB, 0xBF, .. Bytes(ValidVocabulary)], "byte order mark"),
        Vocab("line too long", ValidVocabulary + new string('x', 5000), "5000 bytes"),
        Vocab("zero byte", ValidVocabulary + "x\0y\n", "zero byte"),
        Vocab("carriage returns only", ValidVocabulary.Replace('\n', '\r'), "carriage return"),
        Vocab("no unknown token", ValidVocabulary.Replace("[UNK]", "[X]"), "[UNK]"),
        Vocab("no classify token", ValidVocabulary.Replace("[CLS]", "[X]"), "[CLS]"),
        Vocab("no separator token", ValidVocabulary.Replace("[SEP]", "[X]"), "[SEP]"),
    ];

    private static IEnumerable<TokenizerDefect> Jsons() =>
    [
        Json("empty JSON file", string.Empty, "valid JSON"),
        Json("truncated JSON", ValidJson[..(ValidJson.Length / 2)], "valid JSON"),
        Json("text after the JSON", ValidJson + "}", "valid JSON"),
        Json("an array instead of an object", "[]", "an object"),
        Json("nested too deeply", string.Concat(Enumerable.Repeat("[", 10_000)), "valid JSON"),
        Json("nested too deeply in an unused key", ValidJson.Replace("\"1.0\"", new string('[', 70) + new string(']', 70)), "valid JSON"),
        Json("repeated key", ValidJson.Replace("\"padding\"", "\"truncation\""), "repeated keys"),
        Json("repeated piece", ValidJson.Replace("\"##b\":5", "\"a\":5"), "repeated keys"),
        Json("repeated id", ValidJson.Replace("\"##b\":5", "\"##b\":4"), "model.vocab.##b"),
        Json("unused ids without end", ValidJson.Replace("\"##b\":5", "\"##b\":9000000"), "id 9000000 for '##b'"),
        Json("negative id", ValidJson.Replace("\"##b\":5", "\"##b\":-1"), "-1"),
        Json("huge id", ValidJson.Replace("\"##b\":5", "\"##b\":1e400"), "1e400"),
        Json("id as text", ValidJson.Replace("\"##b\":5", "\"##b\":\"5\""), "a whole number"),
        Json("empty piece", ValidJson.Replace("\"##b\"", "\"\""), "an empty piece"),
        Json("piece with a line end", ValidJson.Replace("\"##b\"", "\"x\\ny\""), "control character"),
        Json("piece with half a surrogate pair", ValidJson.Replace("\"##b\"", "\"\\ud800\""), "tokenizer.json"),
        Json("token with half a surrogate pair", ValidJson.Replace("\"[X]\"", "\"\\udc00\""), "added_tokens[1].content"),
        Json("JSON that is not UTF-8", [.. Bytes(ValidJson[..^3]), 0xFF, .. Bytes(ValidJson[^3..])], "valid JSON"),
        Json("vocabulary as an array", ValidJson.Replace("\"vocab\":{", "\"vocab\":[],\"other\":{"), "model.vocab"),
        Json("no vocabulary", ValidJson.Replace("\"vocab\"", "\"words\""), "model.vocab"),
        Json("another model", ValidJson.Replace("\"type\":\"WordPiece\",\"unk_token\"", "\"type\":\"BPE\",\"unk_token\""), "'BPE'"),
        Json("another normalizer", ValidJson.Replace("BertNormalizer", "NFC"), "normalizer.type"),
        Json(
            "a sequence with another normalizer",
            ValidJson.Replace("\"normalizer\":{", "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"NFKC\"}]},\"other\":{"), "'NFKC'"),
        Json("no normalizer", ValidJson.Replace("\"normalizer\":", "\"other\":"), "normalizer"),
        Json("another pre-tokenizer", ValidJson.Replace("BertPreTokenizer", "Whitespace"), "'Whitespace'"),
        Json("another post-processor", ValidJson.Replace("TemplateProcessing", "RobertaProcessing"), "post_processor.type"),
        Json(
            "template without the last separator", ValidJson.Replace(",{\"SpecialToken\":{\"id\":\"[SEP]\",\"type_id\":1}}", string.Empty),
            "post_processor.pair"),
        Json("template with other segments", ValidJson.Replace("{\"id\":\"B\",\"type_id\":1}", "{\"id\":\"B\",\"type_id\":0}"), "post_processor.pair"),
        Json("template that is empty", ValidJson.Replace("\"single\":[", "\"single\":[],\"other\":["), "post_processor.single"),
        Json("truth value as a number", ValidJson.Replace("\"lowercase\":true", "\"lowercase\":1"), "normalizer.lowercase"),
        Json("word limit of zero", ValidJson.Replace(":100", ":0"), "max_input_chars_per_word"),
        Json("word limit that is not whole", ValidJson.Replace(":100", ":1.5"), "max_input_chars_per_word"),
        Json("unknown token missing", ValidJson.Replace("\"unk_token\":\"[UNK]\"", "\"unk_token\":\"[NIL]\""), "[NIL]"),
        Json("added token with another id", ValidJson.Replace("{\"id\":1,", "{\"id\":2,"), "added_tokens[0]"),
        Json("added token with another's id", ValidJson.Replace("{\"id\":6,", "{\"id\":5,"), "added_tokens[1]"),
        Json("SentencePiece", ValidJson.Replace("\"type\":\"WordPiece\",\"unk_token\"", "\"type\":\"Unigram\",\"unk_token\""), "a SentencePiece model"),
        Json(
            "normalizer that normalizing leaves nothing of",
            ValidJson.Replace("[X]", "\u0301").Replace("\"normalized\":false}],", "\"normalized\":true}],"), "added token"),
        Json("added token twice", ValidJson.Replace("\"[X]\"", "\"[UNK]\""), "added_tokens[1]"),
        Json("added token that is empty", ValidJson.Replace("\"[X]\"", "\"\""), "added_tokens[1].content"),
        Json("decoder with another prefix", ValidJson.Replace("\"prefix\":\"##\"", "\"prefix\":\"@@\""), "decoder.prefix"),
    ];

    private static IEnumerable<TokenizerDefect> Configs() =>
    [
        Config("config that is not JSON", "do_lower_case: true", "valid JSON"),
        Config("config with text for a truth value", "{\"do_lower_case\":\"yes\"}", "do_lower_case"),
        Config("config of another tokenizer", "{\"tokenizer_class\":\"RobertaTokenizer\"}", "RobertaTokenizer"),
        Config("config with words that are never split", "{\"never_split\":[\"foo\"]}", "never_split"),
        Config("config without word splitting", "{\"do_basic_tokenize\":false}", "do_basic_tokenize"),
        Config("config with a negative length", "{\"model_max_length\":-5}", "model_max_length"),
        Config("config with a special token the vocabulary lacks", "{\"sep_token\":\"</s>\"}", "</s>"),
        Config("config with a token of the wrong type", "{\"cls_token\":[1]}", "cls_token"),
        Config("config with an added token with another's id", "{\"added_tokens_decoder\":{\"5\":{\"content\":\"[Y]\"}}}", "5, which '##b' has already"),
        Config("config with an added token with another id", "{\"added_tokens_decoder\":{\"7\":{\"content\":\"[SEP]\"}}}", "id of the vocabulary, 3"),
        Config("config with an added token without an id", "{\"added_tokens_decoder\":{\"x\":{\"content\":\"[SEP]\"}}}", "'x'"),
    ];

    private static IEnumerable<TokenizerDefect> Disagreements() =>
    [
        new(
            "an id of the older file is taken",
            new Dictionary<string, byte[]> { ["vocab.txt"] = Bytes(ValidVocabulary), ["added_tokens.json"] = Bytes("{\"[Z]\":5}") }, "added_tokens.json"),
        new(
            "the older file disagrees with tokenizer.json",
            new Dictionary<string, byte[]> { ["tokenizer.json"] = Bytes(ValidJson), ["added_tokens.json"] = Bytes("{\"[X]\":7}") },
            "6, as tokenizer.json says"),
        new("SentencePiece file", new Dictionary<string, byte[]> { ["spiece.model"] = [10] }, "spiece.model, a SentencePiece model"),
        new("no tokenizer files", new Dictionary<string, byte[]>(), "neither"),
        Both("a piece differs", ValidVocabulary.Replace("##b", "##c"), ValidJson, null, "line 6"),
        Both("vocab.txt is shorter", ValidVocabulary.Replace("##b\n", string.Empty), ValidJson, null, "6 pieces"),
        Both("vocab.txt is longer", ValidVocabulary + "[X]\nz\n", ValidJson, null, "8 pieces"),
        Both(
            "an added token has another id", ValidVocabulary, ValidJson, "{\"added_tokens_decoder\":{\"7\":{\"content\":\"[X]\"}}}",
            "6, as tokenizer.json says"),
        Both(
            "an added token is in one file only", ValidVocabulary, ValidJson, "{\"added_tokens_decoder\":{\"7\":{\"content\":\"[Y]\"}}}",
            "a token that tokenizer.json has, too"),
        Both("case differs", ValidVocabulary, ValidJson, "{\"do_lower_case\":false}", "do_lower_case"),
        Both("accents differ", ValidVocabulary, ValidJson, "{\"strip_accents\":false}", "strip_accents"),
        Both("unknown token differs", ValidVocabulary, ValidJson, "{\"unk_token\":\"a\"}", "unk_token"),
    ];

    private static TokenizerDefect Vocab(string name, string text, string mentions) => Vocab(name, Bytes(text), mentions);

    private static TokenizerDefect Vocab(string name, byte[] bytes, string mentions) =>
        new($"vocab.txt: {name}", new Dictionary<string, byte[]> { ["vocab.txt"] = bytes }, mentions);

    private static TokenizerDefect Json(string name, string text, string mentions) => Json(name, Bytes(text), mentions);

    private static TokenizerDefect Json(string name, byte[] bytes, string mentions) =>
        new($"tokenizer.json: {name}", new Dictionary<string, byte[]> { ["tokenizer.json"] = bytes }, mentions);

    private static TokenizerDefect Config(string name, string text, string mentions) =>
        new(
            $"tokenizer_config.json: {name}",
            new Dictionary<string, byte[]> { ["vocab.txt"] = Bytes(ValidVocabulary), ["tokenizer_config.json"] = Bytes(text) }, mentions);

    private static TokenizerDefect Both(string name, string vocabulary, string json, string? config, string mentions)
    {
        var files = new Dictionary<string, byte[]> { ["vocab.txt"] = Bytes(vocabulary), ["tokenizer.json"] = Bytes(json) };
        if (config is not null)
        {
            files["tokenizer_config.json"] = Bytes(config);
        }

        return new TokenizerDefect($"disagreement: {name}", files, mentions);
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
