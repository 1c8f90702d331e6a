namespace QuantGen.Tokenization;

/// <summary>Checks that a post-processor is BERT's: <c>[CLS] A [SEP]</c> and <c>[CLS] A [SEP] B [SEP]</c>.</summary>
internal static class PostProcessorJson
{
    /// <summary>Returns the tokens it puts in the place of <c>[CLS]</c> and <c>[SEP]</c>.</summary>
    public static (string Classify, string Separator) Read(JsonPlace processor)
    {
        JsonPlace type = processor.Get("type");
        switch (type.AsString())
        {
            case "TemplateProcessing":
                return ReadTemplate(processor);
            case "BertProcessing":
                return (ReadToken(processor.Get("cls")), ReadToken(processor.Get("sep")));
            default:
                throw type.Wrong("'TemplateProcessing' or 'BertProcessing'", $"'{type.AsString()}'");
        }
    }

    private static (string Classify, string Separator) ReadTemplate(JsonPlace processor)
    {
        JsonPlace single = processor.Get("single");
        JsonPlace pair = processor.Get("pair");
        string[] shownSingle = [.. single.AsArray().Select(Describe)];
        string[] shownPair = [.. pair.AsArray().Select(Describe)];
        string classify = TokenAt(single, shownSingle, 0);
        string separator = TokenAt(single, shownSingle, 2);
        Expect(single, [$"{classify}:0", "$A:0", $"{separator}:0"], shownSingle);
        Expect(pair, [$"{classify}:0", "$A:0", $"{separator}:0", "$B:1", $"{separator}:1"], shownPair);
        return (classify, separator);
    }

    /// <summary>Writes one piece of a template as <c>token:segment</c>, or <c>$A:segment</c> for a text.</summary>
    private static string Describe(JsonPlace piece)
    {
        bool isText = piece.Find("Sequence") is not null;
        JsonPlace body = piece.Get(isText ? "Sequence" : "SpecialToken");
        return $"{(isText ? "$" : string.Empty)}{body.Get("id").AsString()}:{body.Get("type_id").AsCount()}";
    }

    private static string TokenAt(JsonPlace template, string[] shown, int index) =>
        index < shown.Length
            ? shown[index][..shown[index].LastIndexOf(':')]
            : throw template.Wrong("a template of 3 pieces", $"{shown.Length} pieces");

    private static void Expect(JsonPlace template, string[] expected, string[] found)
    {
        if (!expected.AsSpan().SequenceEqual(found))
        {
            throw template.Wrong($"BERT's template '{string.Join(' ', expected)}'", $"'{string.Join(' ', found)}'");
        }
    }

    private static string ReadToken(JsonPlace place)
    {
        JsonPlace[] parts = [.. place.AsArray()];
        return parts.Length == 2 ? parts[0].AsString() : throw place.Wrong("a token and its id", $"{parts.Length} values");
    }
}
