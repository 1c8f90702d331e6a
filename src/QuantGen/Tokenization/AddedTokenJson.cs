namespace QuantGen.Tokenization;

/// <summary>Reads an added token as Hugging Face writes them, in <c>tokenizer.json</c> and in <c>tokenizer_config.json</c>.</summary>
internal static class AddedTokenJson
{
    /// <summary>Reads one added token, without its id.</summary>
    public static AddedToken Read(JsonPlace place)
    {
        JsonPlace contentPlace = place.Get("content");
        string content = contentPlace.AsString();
        CheckContent(content, contentPlace);
        bool special = Flag(place, "special") ?? false;
        return new AddedToken(content, special, Flag(place, "lstrip") ?? false, Flag(place, "rstrip") ?? false)
        {
            Normalized = Flag(place, "normalized") ?? !special,
            SingleWord = Flag(place, "single_word") ?? false,
        };
    }

    /// <summary>Fails where a token could not be a line of a vocabulary.</summary>
    public static void CheckContent(string content, JsonPlace place)
    {
        if (content.Length == 0 || content.AsSpan().IndexOfAny('\n', '\r', '\0') >= 0
            || UnicodeData.IsWhiteSpace(content[0]) || UnicodeData.IsWhiteSpace(content[^1]))
        {
            throw place.Wrong("a token that neither is empty nor has line ends or white space around it", $"'{content}'");
        }
    }

    private static bool? Flag(JsonPlace token, string key) => token.Find(key)?.AsBoolean();
}
