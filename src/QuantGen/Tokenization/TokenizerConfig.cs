using QuantGen.Architectures;

namespace QuantGen.Tokenization;

/// <summary>What a <c>tokenizer_config.json</c> says; null where it says nothing.</summary>
internal sealed class TokenizerConfig
{
    private static readonly string[] s_classes =
    [
        .. ModelFamilies.All.SelectMany(family => new[] { family.ClassPrefix + "Tokenizer", family.ClassPrefix + "TokenizerFast" }),
        "PreTrainedTokenizerFast",
    ];

    private readonly JsonPlace _root;

    private TokenizerConfig(JsonPlace root)
    {
        _root = root;
    }

    /// <summary>Gets the longest encoding the model takes.</summary>
    public int? ModelMaxLength => _root.FindNotNull("model_max_length")?.AsLengthOrUnlimited();

    /// <summary>Reads the file.</summary>
    public static TokenizerConfig Read(byte[] bytes, string file)
    {
        JsonPlace root = JsonPlace.Parse(bytes, file);
        if (root.FindNotNull("tokenizer_class") is JsonPlace kind && !s_classes.Contains(kind.AsString()))
        {
            throw kind.Wrong($"one of {string.Join(", ", s_classes)}", $"'{kind.AsString()}'");
        }

        if (root.FindNotNull("never_split") is JsonPlace never && never.AsArray().Any())
        {
            throw never.Wrong("no words that are never split", "some");
        }

        if (root.FindNotNull("do_basic_tokenize") is JsonPlace basic && !basic.AsBoolean())
        {
            throw basic.Wrong("true: text is split into words first", "false");
        }

        return new TokenizerConfig(root);
    }

    /// <summary>Returns the options for a folder that has only <c>vocab.txt</c>.</summary>
    public TokenizerOptions ToOptions()
    {
        var defaults = new TokenizerOptions();
        return defaults with
        {
            LowerCase = FindBoolean("do_lower_case") ?? defaults.LowerCase,
            StripAccents = FindBoolean("strip_accents"),
            HandleChineseCharacters = FindBoolean("tokenize_chinese_chars") ?? defaults.HandleChineseCharacters,
            UnknownToken = FindToken("unk_token") ?? defaults.UnknownToken,
            ClassifyToken = FindToken("cls_token") ?? defaults.ClassifyToken,
            SeparatorToken = FindToken("sep_token") ?? defaults.SeparatorToken,
            PadToken = FindToken("pad_token") ?? defaults.PadToken,
            MaskToken = FindToken("mask_token") ?? defaults.MaskToken,
            AddedTokens = [.. ReadAddedTokens()],
        };
    }

    /// <summary>Fails where this file contradicts a <c>tokenizer.json</c>; returns its options with the names only this file has.</summary>
    public TokenizerOptions Reconcile(TokenizerOptions options)
    {
        Compare("do_lower_case", FindBoolean("do_lower_case"), options.LowerCase);
        Compare("strip_accents", FindBoolean("strip_accents"), options.StripsAccents);
        Compare("tokenize_chinese_chars", FindBoolean("tokenize_chinese_chars"), options.HandleChineseCharacters);
        Compare("unk_token", FindToken("unk_token"), options.UnknownToken);
        Compare("cls_token", FindToken("cls_token"), options.ClassifyToken);
        Compare("sep_token", FindToken("sep_token"), options.SeparatorToken);
        return options with
        {
            PadToken = FindToken("pad_token") ?? options.PadToken,
            MaskToken = FindToken("mask_token") ?? options.MaskToken,
        };
    }

    private bool? FindBoolean(string key) => _root.FindNotNull(key)?.AsBoolean();

    private string? FindToken(string key)
    {
        // Older files have the token itself, newer ones an object around it.
        JsonPlace? place = _root.FindNotNull(key);
        return place is { IsObject: true } wrapped ? wrapped.Get("content").AsString() : place?.AsString();
    }

    private IEnumerable<AddedToken> ReadAddedTokens()
    {
        if (_root.FindNotNull("added_tokens_decoder") is not JsonPlace tokens)
        {
            yield break;
        }

        foreach ((_, JsonPlace token) in tokens.AsPairs())
        {
            yield return AddedTokenJson.Read(token);
        }
    }

    private void Compare<T>(string key, T? found, T expected)
    {
        if (found is not null && !found.Equals(expected))
        {
            throw _root.Get(key).Wrong($"'{expected}', which tokenizer.json says", $"'{found}'");
        }
    }
}
