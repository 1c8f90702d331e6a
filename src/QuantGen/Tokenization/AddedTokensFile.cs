namespace QuantGen.Tokenization;

/// <summary>Reads <c>added_tokens.json</c>, the older file of tokens that were added to a finished vocabulary: their ids by their text.</summary>
internal static class AddedTokensFile
{
    /// <summary>Returns the tokens of a folder in the order of their ids; none where it has no such file.</summary>
    public static IReadOnlyList<(string Content, int Id, JsonPlace Place)> Read(string directory)
    {
        string file = Path.Combine(directory, "added_tokens.json");
        if (!File.Exists(file))
        {
            return [];
        }

        var tokens = new List<(string Content, int Id, JsonPlace Place)>();
        foreach ((string content, JsonPlace place) in JsonPlace.Parse(File.ReadAllBytes(file), file).AsPairs())
        {
            AddedTokenJson.CheckContent(content, place);
            tokens.Add((content, place.AsCount(), place));
        }

        return [.. tokens.OrderBy(token => token.Id)];
    }
}
