using System.Text.Json;

namespace QuantGen.Training.Data;

/// <summary>Reads lines of JSON, each an object; its members are columns.</summary>
internal static class JsonRows
{
    /// <summary>Reads all rows.</summary>
    /// <returns>The columns in the order of their first use, and the rows; a member that is not there or null is an empty field. Elements of a list are joined
    /// by commas.</returns>
    /// <exception cref="DataFormatException">A line is no object of plain values.</exception>
    public static (string[] Header, List<(int Line, string[] Fields)> Rows) Read(IEnumerable<(int Line, string Text)> lines, string file)
    {
        var header = new List<string>();
        var rows = new List<(int Line, Dictionary<string, string> Members)>();
        foreach ((int line, string text) in lines)
        {
            var members = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (JsonProperty member in Parse(text, file, line))
            {
                members[member.Name] = Field(member, file, line);
                if (!header.Contains(member.Name))
                {
                    header.Add(member.Name);
                }
            }

            rows.Add((line, members));
        }

        return ([.. header], [.. rows.Select(row => (row.Line, header.Select(name => row.Members.GetValueOrDefault(name, string.Empty)).ToArray()))]);
    }

    private static JsonProperty[] Parse(string text, string file, int line)
    {
        try
        {
            JsonElement root = JsonSerializer.Deserialize<JsonElement>(text);
            return root.ValueKind == JsonValueKind.Object
                ? [.. root.EnumerateObject()]
                : throw new DataFormatException(file, line, "a JSON object", FoundText.Quote(text));
        }
        catch (JsonException)
        {
            throw new DataFormatException(file, line, "a JSON object", FoundText.Quote(text));
        }
    }

    private static string Field(JsonProperty member, string file, int line) => member.Value.ValueKind switch
    {
        JsonValueKind.Array => string.Join(',', member.Value.EnumerateArray().Select(item => Plain(item, member.Name, file, line))),
        _ => Plain(member.Value, member.Name, file, line),
    };

    private static string Plain(JsonElement value, string name, string file, int line) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "1",
        JsonValueKind.False => "0",
        JsonValueKind.Null => string.Empty,
        _ => throw new DataFormatException(file, line, $"a text, a number or a list of them as '{name}'", "another value"),
    };
}
