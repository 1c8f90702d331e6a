using System.Text.Json;
using QuantGen.Tokenization;

namespace QuantGen.Probe;

/// <summary>Compares a tokenizer with rows of texts and the ids, segments and offsets they must give.</summary>
public static class TokenizerRows
{
    /// <summary>Compares every row of a file; returns how many there are and describes those that differ.</summary>
    public static (int Rows, IReadOnlyList<string> Differences) Compare(BertTokenizer tokenizer, string rowsFile)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(rowsFile));
        var differences = new List<string>();
        int rows = 0;
        foreach (JsonElement row in document.RootElement.EnumerateArray())
        {
            string text = row.GetProperty("text").GetString()!;
            string? pair = row.TryGetProperty("pair", out JsonElement second) ? second.GetString() : null;
            EncodedText encoding = tokenizer.Encode(text, pair);
            string expected = Describe(
                row.GetProperty("ids").EnumerateArray().Select(value => value.GetInt32()),
                row.GetProperty("type_ids").EnumerateArray().Select(value => value.GetInt32()),
                row.GetProperty("offsets").EnumerateArray().Select(value => (value[0].GetInt32(), value[1].GetInt32())));
            string actual = Describe(
                encoding.Ids.ToArray(),
                encoding.TypeIds.ToArray().Select(value => (int)value),
                encoding.CodePointOffsets(text, pair).Select(range => (range.Start, range.End)));
            if (actual != expected)
            {
                differences.Add($"row {rows} '{text}': expected {expected}, actual {actual}");
            }

            rows++;
        }

        return (rows, differences);
    }

    private static string Describe(IEnumerable<int> ids, IEnumerable<int> typeIds, IEnumerable<(int, int)> offsets) =>
        $"{string.Join(' ', ids)} | {string.Join(' ', typeIds)} | {string.Join(' ', offsets)}";
}
