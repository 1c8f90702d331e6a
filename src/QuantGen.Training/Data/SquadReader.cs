using System.Text.Json;

namespace QuantGen.Training.Data;

/// <summary>Walks the JSON of a SQuAD file and names the path of whatever is wrong in it.</summary>
internal sealed class SquadReader(string file, bool needsAnswers)
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    public List<SquadQuestion> Questions { get; } = [];

    public bool SaysImpossible { get; private set; }

    public void Read(JsonElement root)
    {
        foreach ((JsonElement article, string articlePath) in Items(root, "data", ""))
        {
            foreach ((JsonElement paragraph, string path) in Items(article, "paragraphs", articlePath))
            {
                string context = Text(paragraph, "context", path);
                foreach ((JsonElement question, string questionPath) in Items(paragraph, "qas", path))
                {
                    ReadQuestion(question, context, questionPath);
                }
            }
        }

        if (Questions.Count == 0)
        {
            throw Defect("at least one question", "none");
        }
    }

    private void ReadQuestion(JsonElement element, string context, string path)
    {
        string id = Text(element, "id", path);
        if (!_ids.Add(id))
        {
            throw Defect($"a unique id at {path}.id", $"{FoundText.Quote(id)} again");
        }

        string question = Text(element, "question", path);
        bool impossible = false;
        if (element.TryGetProperty("is_impossible", out JsonElement flag))
        {
            SaysImpossible = true;
            impossible = flag.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => throw Defect($"true or false at {path}.is_impossible", Kind(flag)),
            };
        }

        List<SquadAnswer> answers = [];
        if (!needsAnswers)
        {
            Questions.Add(new SquadQuestion(id, question, context, answers, impossible));
            return;
        }

        foreach ((JsonElement answer, string answerPath) in Items(element, "answers", path))
        {
            answers.Add(ReadAnswer(answer, context, answerPath));
        }

        if (impossible != (answers.Count == 0))
        {
            throw Defect(impossible ? $"no answers at {path}, whose question is impossible" : $"at least one answer at {path}", $"{answers.Count}");
        }

        Questions.Add(new SquadQuestion(id, question, context, answers, impossible));
    }

    private SquadAnswer ReadAnswer(JsonElement element, string context, string path)
    {
        string text = Text(element, "text", path);
        JsonElement start = Property(element, "answer_start", path);
        if (start.ValueKind != JsonValueKind.Number || !start.TryGetInt32(out int codePoints) || codePoints < 0)
        {
            throw Defect($"an index at {path}.answer_start", FoundText.Quote(start.GetRawText()));
        }

        int index = IndexOfCodePoint(context, codePoints);
        if (index < 0 || string.CompareOrdinal(context, index, text, 0, text.Length) != 0)
        {
            string found = index < 0 ? "the end of the context" : FoundText.Quote(context.Substring(index, Math.Min(text.Length, context.Length - index)));
            throw Defect($"the answer {FoundText.Quote(text)} of {path} at character {codePoints} of its context", found);
        }

        return new SquadAnswer(text, index);
    }

    /// <summary>Returns where a code point starts in UTF-16, or -1 when the text has fewer.</summary>
    private static int IndexOfCodePoint(string text, int codePoint)
    {
        int index = 0;
        for (; codePoint > 0 && index < text.Length; codePoint--)
        {
            index += char.IsSurrogatePair(text, index) ? 2 : 1;
        }

        return codePoint == 0 && index < text.Length ? index : -1;
    }

    private List<(JsonElement Element, string Path)> Items(JsonElement parent, string name, string path)
    {
        JsonElement array = Property(parent, name, path);
        string arrayPath = path.Length == 0 ? name : $"{path}.{name}";
        return array.ValueKind == JsonValueKind.Array
            ? [.. array.EnumerateArray().Select((item, i) => (item, $"{arrayPath}[{i}]"))]
            : throw Defect($"an array at {arrayPath}", Kind(array));
    }

    private string Text(JsonElement parent, string name, string path)
    {
        JsonElement element = Property(parent, name, path);
        if (element.ValueKind != JsonValueKind.String)
        {
            throw Defect($"a string at {path}.{name}", Kind(element));
        }

        string text;
        try
        {
            text = element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // JSON may escape half a surrogate pair, which is no character.
            throw Defect($"a string at {path}.{name}", "half of a surrogate pair in it");
        }

        return text.Length > 0 ? text : throw Defect($"a string at {path}.{name}", "an empty one");
    }

    private JsonElement Property(JsonElement parent, string name, string path)
    {
        string where = path.Length == 0 ? "the top" : path;
        if (parent.ValueKind != JsonValueKind.Object)
        {
            throw Defect($"an object at {where}", Kind(parent));
        }

        return parent.TryGetProperty(name, out JsonElement value) ? value : throw Defect($"a key '{name}' at {where}", "none");
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private DataFormatException Defect(string expected, string found) => new(file, 0, expected, found);
}
