using System.Text.Json;
using QuantGen.Json;
using QuantGen.Packed;
using QuantGen.Tokenization;

namespace QuantGen.Execution;

/// <summary>The JSON form of <see cref="TokenizerOptions"/> in a packed file's header; an absent key means the default.</summary>
public static class TokenizerSettings
{
    private const string Place = "tokenizer options";
    private const string CleanText = "clean_text";
    private const string LowerCase = "lower_case";
    private const string StripAccents = "strip_accents";
    private const string ChineseCharacters = "handle_chinese_characters";
    private const string MaxWord = "max_input_chars_per_word";
    private const string Prefix = "continuing_prefix";
    private const string Unknown = "unknown_token";
    private const string Classify = "classify_token";
    private const string Separator = "separator_token";
    private const string Pad = "pad_token";
    private const string Mask = "mask_token";
    private const string FindSpecial = "find_special_tokens";
    private const string CleanUp = "clean_up_decoded_spaces";
    private const string Added = "added_tokens";
    private const string Gaps = "allows_gaps";
    private const string Steps = "normalization_steps";

    /// <summary>Writes the options that differ from the defaults.</summary>
    /// <param name="options">The options.</param>
    public static string Write(TokenizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var defaults = new TokenizerOptions();
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            WriteChange(json, CleanText, options.CleanText, defaults.CleanText);
            WriteChange(json, LowerCase, options.LowerCase, defaults.LowerCase);
            if (options.StripAccents is bool strip)
            {
                json.WriteBoolean(StripAccents, strip);
            }

            WriteChange(json, ChineseCharacters, options.HandleChineseCharacters, defaults.HandleChineseCharacters);
            if (options.MaxInputCharsPerWord != defaults.MaxInputCharsPerWord)
            {
                json.WriteNumber(MaxWord, options.MaxInputCharsPerWord);
            }

            WriteChange(json, Prefix, options.ContinuingPrefix, defaults.ContinuingPrefix);
            WriteChange(json, Unknown, options.UnknownToken, defaults.UnknownToken);
            WriteChange(json, Classify, options.ClassifyToken, defaults.ClassifyToken);
            WriteChange(json, Separator, options.SeparatorToken, defaults.SeparatorToken);
            WriteChange(json, Pad, options.PadToken, defaults.PadToken);
            WriteChange(json, Mask, options.MaskToken, defaults.MaskToken);
            WriteChange(json, FindSpecial, options.FindSpecialTokens, defaults.FindSpecialTokens);
            WriteChange(json, CleanUp, options.CleanUpDecodedSpaces, defaults.CleanUpDecodedSpaces);
            WriteChange(json, Gaps, options.AllowsGaps, defaults.AllowsGaps);
            if (options.NormalizationSteps is { } steps)
            {
                json.WriteStartArray(Steps);
                foreach (NormalizationStep step in steps)
                {
                    json.WriteStringValue(step.ToString());
                }

                json.WriteEndArray();
            }

            if (options.AddedTokens.Count > 0)
            {
                WriteAddedTokens(json, options.AddedTokens);
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Reads options.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">The file it is from, for messages.</param>
    /// <exception cref="ModelFormatException">The text is not what <see cref="Write"/> writes.</exception>
    public static TokenizerOptions Read(string json, string file)
    {
        ArgumentNullException.ThrowIfNull(json);
        var reader = new Reader(file);
        object? root;
        try
        {
            root = JsonText.Parse(json);
        }
        catch (FormatException e)
        {
            throw reader.Defect("a JSON object", e.Message, e);
        }

        return reader.Options(root as Dictionary<string, object?> ?? throw reader.Defect("a JSON object", "another value"));
    }

    /// <summary>Makes the tokenizer of a packed model.</summary>
    internal static BertTokenizer CreateTokenizer(PackedModel model)
    {
        TokenizerOptions options = Read(model.TokenizerJson, model.Name);
        try
        {
            return BertTokenizer.FromVocabulary(model.Vocabulary.ToArray(), options, model.Name);
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(model.Name, Place, "legal options", e.Message, e);
        }
    }

    private static void WriteChange(Utf8JsonWriter json, string key, bool value, bool absent)
    {
        if (value != absent)
        {
            json.WriteBoolean(key, value);
        }
    }

    private static void WriteChange(Utf8JsonWriter json, string key, string value, string absent)
    {
        if (value != absent)
        {
            json.WriteString(key, value);
        }
    }

    private static void WriteAddedTokens(Utf8JsonWriter json, IReadOnlyList<AddedToken> tokens)
    {
        json.WriteStartArray(Added);
        foreach (AddedToken token in tokens)
        {
            json.WriteStartObject();
            json.WriteString("content", token.Content);
            json.WriteBoolean("special", token.Special);
            json.WriteBoolean("lstrip", token.LeftStrip);
            json.WriteBoolean("rstrip", token.RightStrip);
            WriteChange(json, "normalized", token.Normalized, absent: false);
            WriteChange(json, "single_word", token.SingleWord, absent: false);
            WriteChange(json, "piece", token.IsPiece, absent: true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private sealed class Reader(string file)
    {
        public TokenizerOptions Options(Dictionary<string, object?> members)
        {
            var defaults = new TokenizerOptions();
            var options = new TokenizerOptions
            {
                CleanText = Take(members, CleanText, defaults.CleanText),
                LowerCase = Take(members, LowerCase, defaults.LowerCase),
                StripAccents = members.ContainsKey(StripAccents) ? Take(members, StripAccents, false) : null,
                HandleChineseCharacters = Take(members, ChineseCharacters, defaults.HandleChineseCharacters),
                MaxInputCharsPerWord = TakeCount(members, MaxWord, defaults.MaxInputCharsPerWord),
                ContinuingPrefix = Take(members, Prefix, defaults.ContinuingPrefix),
                UnknownToken = Take(members, Unknown, defaults.UnknownToken),
                ClassifyToken = Take(members, Classify, defaults.ClassifyToken),
                SeparatorToken = Take(members, Separator, defaults.SeparatorToken),
                PadToken = Take(members, Pad, defaults.PadToken),
                MaskToken = Take(members, Mask, defaults.MaskToken),
                FindSpecialTokens = Take(members, FindSpecial, defaults.FindSpecialTokens),
                CleanUpDecodedSpaces = Take(members, CleanUp, defaults.CleanUpDecodedSpaces),
                AllowsGaps = Take(members, Gaps, defaults.AllowsGaps),
                NormalizationSteps = members.ContainsKey(Steps) ? [.. Take(members, Steps, new List<object?>()).Select(Step)] : null,
                AddedTokens = [.. Take(members, Added, new List<object?>()).Select(AddedToken)],
            };
            RequireEmpty(members);
            return options;
        }

        public ModelFormatException Defect(string expected, string found, Exception? cause = null) => new(file, Place, expected, found, cause);

        private AddedToken AddedToken(object? value)
        {
            Dictionary<string, object?> members = value as Dictionary<string, object?> ?? throw Defect("an object for each added token", "another value");
            string content = members.ContainsKey("content") ? Take(members, "content", string.Empty) : throw Defect("'content' in each added token", "none");
            var token = new AddedToken(content, Take(members, "special", true), Take(members, "lstrip", false), Take(members, "rstrip", false))
            {
                Normalized = Take(members, "normalized", false), SingleWord = Take(members, "single_word", false), IsPiece = Take(members, "piece", true),
            };
            RequireEmpty(members);
            return token;
        }

        private NormalizationStep Step(object? value) => Enum.GetValues<NormalizationStep>().Cast<NormalizationStep?>()
            .FirstOrDefault(step => step.ToString() == value as string) ?? throw Defect("known steps of normalization", $"'{value}'");

        private int TakeCount(Dictionary<string, object?> members, string key, int absent)
        {
            double number = Take(members, key, (double)absent);
            return number == Math.Floor(number) && number is >= 1 and <= int.MaxValue
                ? (int)number
                : throw Defect($"a positive whole number for '{key}'", "another number");
        }

        // What is left over in the end is not known.
        private T Take<T>(Dictionary<string, object?> members, string key, T absent)
        {
            if (!members.Remove(key, out object? value))
            {
                return absent;
            }

            return value is T typed ? typed : throw Defect($"a {typeof(T).Name} for '{key}'", "another value");
        }

        private void RequireEmpty(Dictionary<string, object?> members)
        {
            foreach (string key in members.Keys)
            {
                throw Defect("known keys only", $"'{key}'");
            }
        }
    }
}
