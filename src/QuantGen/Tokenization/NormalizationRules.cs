namespace QuantGen.Tokenization;

/// <summary>The steps of a normalizer in their order.</summary>
internal readonly record struct NormalizationRules
{
    /// <summary>The most steps there may be.</summary>
    public const int MaxSteps = 16;

    private const int BitsOfStep = 4;
    private readonly ulong _steps;

    private NormalizationRules(ulong steps)
    {
        _steps = steps;
    }

    /// <summary>Gets whether text is cleaned.</summary>
    public bool CleansText => Has(NormalizationStep.CleanText);

    /// <summary>Gets whether Chinese characters are isolated.</summary>
    public bool IsolatesChinese => Has(NormalizationStep.IsolateChinese);

    /// <summary>Gets whether characters are decomposed.</summary>
    public bool Decomposes => Has(NormalizationStep.Decompose);

    /// <summary>Gets whether letters are lower-cased.</summary>
    public bool LowersCase => Has(NormalizationStep.LowerCase);

    /// <summary>Gets the count of steps.</summary>
    public int Count => (64 - System.Numerics.BitOperations.LeadingZeroCount(_steps) + BitsOfStep - 1) / BitsOfStep;

    /// <summary>Gets a step.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public NormalizationStep this[int index] => (NormalizationStep)((_steps >> (BitsOfStep * index)) & 0xF);

    /// <summary>Returns the steps of a tokenizer: those it lists, or BERT's.</summary>
    public static NormalizationRules Of(TokenizerOptions options) => Of(options.NormalizationSteps ?? BertSteps(options));

    /// <summary>Returns the steps that BERT's switches stand for.</summary>
    public static IReadOnlyList<NormalizationStep> BertSteps(TokenizerOptions options)
    {
        var steps = new List<NormalizationStep>();
        if (options.CleanText)
        {
            steps.Add(NormalizationStep.CleanText);
        }

        if (options.HandleChineseCharacters)
        {
            steps.Add(NormalizationStep.IsolateChinese);
        }

        if (options.StripsAccents)
        {
            steps.AddRange([NormalizationStep.Decompose, NormalizationStep.StripNonspacingMarks]);
        }

        if (options.LowerCase)
        {
            steps.Add(NormalizationStep.LowerCase);
        }

        return steps;
    }

    private static NormalizationRules Of(IReadOnlyList<NormalizationStep> steps)
    {
        ulong all = 0;
        for (int i = 0; i < steps.Count; i++)
        {
            all |= (ulong)steps[i] << (BitsOfStep * i);
        }

        return new NormalizationRules(all);
    }

    private bool Has(NormalizationStep step)
    {
        for (ulong rest = _steps; rest != 0; rest >>= BitsOfStep)
        {
            if ((rest & 0xF) == (ulong)step)
            {
                return true;
            }
        }

        return false;
    }
}
