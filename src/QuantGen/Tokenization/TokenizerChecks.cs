namespace QuantGen.Tokenization;

/// <summary>Checks that options mean something and that a vocabulary has what they name.</summary>
internal static class TokenizerChecks
{
    /// <summary>Checks options by themselves.</summary>
    public static void Check(TokenizerOptions options)
    {
        if (options.MaxInputCharsPerWord < 1)
        {
            throw new ArgumentException($"MaxInputCharsPerWord must be at least 1, not {options.MaxInputCharsPerWord}.", nameof(options));
        }

        if (options.NormalizationSteps is { } steps
            && (steps.Count > NormalizationRules.MaxSteps || !steps.All(step => step is >= NormalizationStep.CleanText and <= NormalizationStep.LowerCase)))
        {
            throw new ArgumentException($"NormalizationSteps must be at most {NormalizationRules.MaxSteps} steps.", nameof(options));
        }

        if (options.ContinuingPrefix is null || options.AddedTokens is null)
        {
            throw new ArgumentException("ContinuingPrefix and AddedTokens must not be null.", nameof(options));
        }
    }

    /// <summary>Returns the id of a special token, or fails.</summary>
    public static int Require(Vocabulary vocabulary, string token, string fileName) =>
        Find(vocabulary, token)
            ?? throw new ModelFormatException(fileName, string.Empty, $"the special token '{token}'", $"{vocabulary.Count} pieces without it");

    /// <summary>Returns the id of a token the vocabulary may lack.</summary>
    public static int? Find(Vocabulary vocabulary, string token)
    {
        int id = vocabulary.IndexOf(token);
        return id < 0 ? null : id;
    }

    /// <summary>Returns the tokens found literally in text: the five special ones, if asked for, and those of the options.</summary>
    public static List<(AddedToken Token, int Id)> CollectAddedTokens(Vocabulary vocabulary, TokenizerOptions options, string fileName)
    {
        var tokens = new Dictionary<string, (AddedToken Token, int Id)>(StringComparer.Ordinal);
        foreach (string special in (string[])[options.UnknownToken, options.ClassifyToken, options.SeparatorToken, options.PadToken, options.MaskToken])
        {
            if (options.FindSpecialTokens && Find(vocabulary, special) is int id)
            {
                tokens[special] = (new AddedToken(special), id);
            }
        }

        foreach (AddedToken token in options.AddedTokens)
        {
            tokens[token.Content] = (token, Require(vocabulary, token.Content, fileName));
        }

        return [.. tokens.Values];
    }
}
