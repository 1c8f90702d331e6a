namespace QuantGen.Tokenization;

/// <summary>Reads an added token as Hugging Face writes them, in <c>tokenizer.json</c> and in <c>tokenizer_config.json</c>.</summary>
internal static class AddedTokenJson
{
    /// <summary>Reads one added token, without its id.</summary>
    public static AddedToken Read(JsonPlace place)
    {
        JsonPlace contentPlace = place.Get("content");
        string content = contentPlace.AsString();
        if (content.Length == 0 || content.AsSpan().IndexOfAny('\n', '\r', '\0') >= 0
            || UnicodeData.IsWhiteSpace(content[0]) || UnicodeData.IsWhiteSpace(content[^1]))
        {
            throw contentPlace.Wrong("a token that neither is empty nor has line ends or white space around it", $"'{content}'");
        }

        // These two look at the normalized text and at the neighbouring words; no BERT checkpoint uses them for special tokens.
        ExpectFalse(place, "normalized");
        ExpectFalse(place, "single_word");
        return new AddedToken(
            content,
            place.Find("special")?.AsBoolean() ?? false,
            place.Find("lstrip")?.AsBoolean() ?? false,
            place.Find("rstrip")?.AsBoolean() ?? false);
    }

    private static void ExpectFalse(JsonPlace token, string key)
    {
        if (token.Find(key) is JsonPlace place && place.AsBoolean())
        {
            throw place.Wrong("false: only tokens found literally in the raw text are supported", "true");
        }
    }
}
