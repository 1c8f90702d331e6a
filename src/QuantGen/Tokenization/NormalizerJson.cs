namespace QuantGen.Tokenization;

/// <summary>Reads the normalizer of a <c>tokenizer.json</c>: BERT's, parts that can be steps of one, or a sequence of these.</summary>
internal static class NormalizerJson
{
    private const string Known = "'BertNormalizer', 'NFD', 'StripAccents', 'Lowercase', 'Strip' or a 'Sequence' of these";

    /// <summary>Returns options with what a normalizer says.</summary>
    public static TokenizerOptions Read(JsonPlace normalizer, TokenizerOptions options)
    {
        if (!normalizer.IsNull && normalizer.Get("type").AsString() == "BertNormalizer")
        {
            return ReadBert(normalizer, options);
        }

        var steps = new List<NormalizationStep>();
        if (!normalizer.IsNull)
        {
            Append(normalizer, steps);
        }

        if (steps.Count > NormalizationRules.MaxSteps)
        {
            throw normalizer.Wrong($"at most {NormalizationRules.MaxSteps} steps", $"{steps.Count}");
        }

        // The switches say the same where they can, for those who look at them.
        TokenizerOptions switches = options with
        {
            CleanText = steps.Contains(NormalizationStep.CleanText),
            HandleChineseCharacters = steps.Contains(NormalizationStep.IsolateChinese),
            StripAccents = steps.Contains(NormalizationStep.StripNonspacingMarks) || steps.Contains(NormalizationStep.StripMarks),
            LowerCase = steps.Contains(NormalizationStep.LowerCase),
        };
        return NormalizationRules.BertSteps(switches).SequenceEqual(steps) ? switches : switches with { NormalizationSteps = steps };
    }

    private static TokenizerOptions ReadBert(JsonPlace normalizer, TokenizerOptions options) => options with
    {
        CleanText = normalizer.Find("clean_text")?.AsBoolean() ?? true,
        HandleChineseCharacters = normalizer.Find("handle_chinese_chars")?.AsBoolean() ?? true,
        StripAccents = normalizer.FindNotNull("strip_accents")?.AsBoolean(),
        LowerCase = normalizer.Find("lowercase")?.AsBoolean() ?? true,
    };

    private static void Append(JsonPlace part, List<NormalizationStep> steps)
    {
        JsonPlace type = part.Get("type");
        switch (type.AsString())
        {
            case "Sequence":
                foreach (JsonPlace inner in part.Get("normalizers").AsArray())
                {
                    Append(inner, steps);
                }

                break;
            case "BertNormalizer":
                steps.AddRange(NormalizationRules.BertSteps(ReadBert(part, new TokenizerOptions())));
                break;
            case "NFD":
                steps.Add(NormalizationStep.Decompose);
                break;
            case "StripAccents":
                steps.Add(NormalizationStep.StripMarks);
                break;
            case "Lowercase":
                steps.Add(NormalizationStep.LowerCase);
                break;
            case "Strip":
                // White space at the ends belongs to no word anyway.
                break;
            default:
                throw type.Wrong(Known, $"'{type.AsString()}'");
        }
    }
}
