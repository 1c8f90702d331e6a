using System.Globalization;
using QuantGen.Architectures;

namespace QuantGen.Tokenization;

/// <summary>What a <c>tokenizer_config.json</c> says, and about special tokens the <c>special_tokens_map.json</c> beside it; null where neither says
/// anything.</summary>
internal sealed class TokenizerConfig
{
    private static readonly string[] s_classes =
    [
        .. ModelFamilies.All.SelectMany(family => new[] { family.ClassPrefix + "Tokenizer", family.ClassPrefix + "TokenizerFast" }),
        "PreTrainedTokenizerFast",
        "TokenizersBackend",
    ];

    private static readonly string[] s_moreSpecials = ["additional_special_tokens", "extra_special_tokens"];

    private readonly JsonPlace _root;
    private readonly JsonPlace _map;

    private TokenizerConfig(JsonPlace root, JsonPlace map)
    {
        _root = root;
        _map = map;
    }

    /// <summary>Gets the longest encoding the model takes.</summary>
    public int? ModelMaxLength => _root.FindNotNull("model_max_length")?.AsLengthOrUnlimited();

    /// <summary>Reads the files; one that is not there is an empty object.</summary>
    public static TokenizerConfig Read(byte[] bytes, string file, byte[] map, string mapFile)
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

        return new TokenizerConfig(root, JsonPlace.Parse(map, mapFile));
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

    /// <summary>Returns the added tokens that the configuration lists, with their ids.</summary>
    public IEnumerable<(AddedToken Token, int Id, JsonPlace Place)> AddedTokens()
    {
        if (_root.FindNotNull("added_tokens_decoder") is not JsonPlace tokens)
        {
            yield break;
        }

        foreach ((string key, JsonPlace place) in tokens.AsPairs())
        {
            yield return int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                ? (AddedTokenJson.Read(place), id, place)
                : throw place.Wrong("an id from 0 up as the key", $"'{key}'");
        }
    }

    /// <summary>Returns whether a token is one of the five special ones, or one more that the files name as special.</summary>
    public bool IsSpecial(string content) => IsSpecial(content, ToOptions())
        || new[] { _root, _map }.SelectMany(root => s_moreSpecials.Select(root.FindNotNull)).OfType<JsonPlace>().SelectMany(Contents).Contains(content);

    /// <summary>Returns whether a token is one of the five special ones.</summary>
    public static bool IsSpecial(string content, TokenizerOptions options) => content == options.UnknownToken || content == options.ClassifyToken
        || content == options.SeparatorToken || content == options.PadToken || content == options.MaskToken;

    private bool? FindBoolean(string key) => _root.FindNotNull(key)?.AsBoolean();

    private string? FindToken(string key) => (_root.FindNotNull(key) ?? _map.FindNotNull(key)) is JsonPlace place ? Content(place) : null;

    // Older files have the token itself, newer ones an object around it.
    private static string Content(JsonPlace place) => place.IsObject ? place.Get("content").AsString() : place.AsString();

    private static IEnumerable<string> Contents(JsonPlace place) =>
        place.IsObject ? place.AsPairs().Select(pair => Content(pair.Value)) : place.AsArray().Select(Content);

    private void Compare<T>(string key, T? found, T expected)
    {
        if (found is not null && !found.Equals(expected))
        {
            throw _root.Get(key).Wrong($"'{expected}', which tokenizer.json says", $"'{found}'");
        }
    }
}
