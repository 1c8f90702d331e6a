using QuantGen.Architectures;
using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>What is legal. Every rule names the thing, the numbers and the nearest legal value.</summary>
internal static class SpecRules
{
    private static readonly int[] s_activationBits = { 2, 3, 4, 5, 6, 7, 8, 32 };

    public static void CheckDimensions(ModelConfig config, ICollection<SpecIssue> issues)
    {
        void Range(string name, int value, int most)
        {
            if (value < 1 || value > most)
            {
                issues.Add(new SpecIssue("QG1203", $"{name} is {value}, and it must be from 1 to {most}", Math.Max(1, Math.Min(value, most)), name));
            }
        }

        Range("Layers", config.Layers, SpecLimits.MaxLayers);
        Range("HiddenSize", config.HiddenSize, SpecLimits.MaxColumns);
        Range("IntermediateSize", config.IntermediateSize, SpecLimits.MaxColumns);
        Range("VocabularySize", config.VocabularySize, SpecLimits.MaxVocabulary);
        Range("MaxPositions", config.MaxPositions, SpecLimits.MaxPositions);
        ModelFamily family = ModelFamilies.Of(config.Architecture);
        if (family.HasTokenTypes)
        {
            Range("TypeVocabularySize", config.TypeVocabularySize, SpecLimits.MaxTypes);
        }
        else if (config.TypeVocabularySize != 0)
        {
            issues.Add(new SpecIssue(
                "QG1203", $"TypeVocabularySize is {config.TypeVocabularySize}, and tokens of {family.Name} have no types", Property: "TypeVocabularySize"));
        }

        if (family.HasEmbeddingProjection)
        {
            Range("EmbeddingSize", config.EmbeddingSize, SpecLimits.MaxColumns);
        }
        else if (config.EmbeddingSize != config.HiddenSize)
        {
            issues.Add(new SpecIssue("QG1203", $"EmbeddingSize is {config.EmbeddingSize}, and {family.Name} needs it equal to HiddenSize {config.HiddenSize}", config.HiddenSize, "EmbeddingSize"));
        }

        // A width that is illegal itself has no divisors worth naming.
        if (config.HiddenSize is >= 1 and <= SpecLimits.MaxColumns && (config.Heads < 1 || config.HiddenSize % config.Heads != 0))
        {
            int nearest = NearestDivisor(config.HiddenSize, config.Heads);
            issues.Add(new SpecIssue("QG1203", $"HiddenSize {config.HiddenSize} cannot be divided into {config.Heads} heads; the nearest legal count is {nearest}", nearest, "Heads"));
        }

        if (!(config.LayerNormEpsilon is >= 0 and < 1))
        {
            issues.Add(new SpecIssue("QG1203", "LayerNormEpsilon must be a number from 0 to 1", Property: "Config"));
        }
    }

    public static void CheckOptions(ModelConfig config, SpecOptions options, ICollection<SpecIssue> issues)
    {
        int[] weightBits = SchemeRules.WeightBits(options.Scheme);
        if (!weightBits.Contains(options.Bits))
        {
            issues.Add(new SpecIssue("QG1101", BitsMessage("Weights", options.Scheme, options.Bits, weightBits), Nearest(options.Bits, weightBits), "Bits"));
        }

        Scheme embeddingScheme = options.EmbeddingScheme ?? options.Scheme;
        int[] embeddingBits = SchemeRules.EmbeddingBits(embeddingScheme);
        if (!embeddingBits.Contains(options.EmbeddingBits))
        {
            issues.Add(new SpecIssue(
                "QG1106", BitsMessage("The embedding", embeddingScheme, options.EmbeddingBits, embeddingBits), Nearest(options.EmbeddingBits, embeddingBits), "EmbeddingBits"));
        }

        if (options.ActivationBits is int bits && !s_activationBits.Contains(bits))
        {
            issues.Add(new SpecIssue("QG1105", BitsMessage("Activations", Scheme.Linear, bits, s_activationBits), Nearest(bits, s_activationBits), "ActivationBits"));
        }

        if (!s_activationBits.Contains(options.AttentionBits))
        {
            issues.Add(new SpecIssue(
                "QG1105", BitsMessage("Attention's operands", Scheme.Linear, options.AttentionBits, s_activationBits), Nearest(options.AttentionBits, s_activationBits), "AttentionBits"));
        }

        if (options.GroupCount < 1)
        {
            issues.Add(new SpecIssue("QG1102", $"The group count is {options.GroupCount}, and it must be at least 1", 1, "Groups"));
        }

        if (options.GroupSize != 0 && options.GroupCount > 1)
        {
            issues.Add(new SpecIssue("QG1104", $"A group count of {options.GroupCount} along rows and a group size of {options.GroupSize} along inputs exclude each other; keep one", Property: "GroupSize"));
        }

        if (options.MaxSequenceLength < 1 || options.MaxSequenceLength > config.MaxPositions)
        {
            int nearest = Math.Max(1, Math.Min(options.MaxSequenceLength, config.MaxPositions));
            issues.Add(new SpecIssue("QG1110", $"MaxSequenceLength is {options.MaxSequenceLength}, and this model has positions for 1 to {config.MaxPositions} tokens", nearest, "MaxSequenceLength"));
        }
        else if (options.MaxBatchTokens < options.MaxSequenceLength || options.MaxBatchTokens > SpecLimits.MaxBatchTokens)
        {
            int nearest = Math.Max(options.MaxSequenceLength, Math.Min(options.MaxBatchTokens, SpecLimits.MaxBatchTokens));
            issues.Add(new SpecIssue("QG1111", $"MaxBatchTokens is {options.MaxBatchTokens}, and it must be from MaxSequenceLength {options.MaxSequenceLength} to {SpecLimits.MaxBatchTokens}", nearest, "MaxBatchTokens"));
        }
        else if (config.Heads is > 0 and <= SpecLimits.MaxColumns && (long)options.MaxBatchTokens * config.Heads > SpecLimits.MaxItems)
        {
            int nearest = SpecLimits.MaxItems / config.Heads;
            issues.Add(new SpecIssue("QG1111", $"MaxBatchTokens is {options.MaxBatchTokens}, and with {config.Heads} heads it must be at most {nearest}, so that a pass counts all heads of all sequences", nearest, "MaxBatchTokens"));
        }

        if (options.Head is BertHead.SequenceClassification or BertHead.TokenClassification && options.LabelCount is < 1 or > SpecLimits.MaxOutputs)
        {
            issues.Add(new SpecIssue("QG1113", $"A classification head needs 1 to {SpecLimits.MaxOutputs} labels, and there are {options.LabelCount}", Property: "Labels"));
        }

        for (int i = 0; i < options.LayerBits.Count; i++)
        {
            LayerBitsRule rule = options.LayerBits[i];
            if (!weightBits.Contains(rule.Bits))
            {
                string message = BitsMessage($"LayerBits '{rule.Pattern}'", options.Scheme, rule.Bits, weightBits);
                issues.Add(new SpecIssue("QG1108", message, Nearest(rule.Bits, weightBits), LayerBitsProperty(i)));
            }
        }
    }

    /// <summary>
    /// Gets the bits of activations that enter integer products: those of the options, 8 by default; 32 where codebooks leave no integer product, and 8,
    /// which then means nothing, where all weights have full precision.
    /// </summary>
    public static int ActivationBits(SpecOptions options, IReadOnlyList<MatrixSpec> matrices, ICollection<SpecIssue> issues)
    {
        if (matrices.FirstOrDefault(m => m.HasIntegerProduct) is MatrixSpec integers)
        {
            if (options.ActivationBits == 32)
            {
                issues.Add(new SpecIssue(
                    "QG1105", $"Matrix '{integers.Name}' multiplies integers, and activations have 32 bits; use 2, 4 or 8", 8, "ActivationBits"));
            }

            return options.ActivationBits ?? 8;
        }

        if (matrices.FirstOrDefault(m => m.HasCodebook) is MatrixSpec codebook)
        {
            if (options.ActivationBits is int bits && bits != 32)
            {
                issues.Add(new SpecIssue(
                    "QG1105", $"Matrix '{codebook.Name}' has a codebook, whose values meet activations of full precision, and they have {bits} bits; use 32", 32, "ActivationBits"));
            }

            return 32;
        }

        return 8;
    }

    /// <summary>Names one of several <c>[LayerBits]</c> in an issue.</summary>
    public static string LayerBitsProperty(int index) => FormattableString.Invariant($"LayerBits[{index}]");

    /// <summary>Checks one matrix; returns it without settings that mean nothing at its bits.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="planned">Whether the plan rather than the attribute set what can be illegal here.</param>
    /// <param name="issues">Receives what is illegal.</param>
    public static MatrixSpec? Normalize(MatrixSpec matrix, bool planned, ICollection<SpecIssue> issues)
    {
        int before = issues.Count;
        if (!HasLegalBits(matrix))
        {
            ReportBits(matrix, issues);
        }

        if (matrix.GroupBits.Count > 0)
        {
            matrix = Mixed(matrix, issues);
        }

        if (issues.Count > before)
        {
            return null;
        }

        if (!matrix.IsQuantized)
        {
            return matrix with
            {
                Scheme = Scheme.Linear, GroupCount = 1, GroupSize = 0, Mapping = Mapping.Symmetric, Clipping = Clipping.MinMax, GroupClipping = default,
            };
        }

        if (matrix.Scheme != Scheme.Linear)
        {
            SchemeRules.Check(matrix, planned, issues);
            matrix = matrix with { Clipping = Clipping.MinMax, GroupClipping = default };
        }

        if (matrix.GroupClipping.Count > 0)
        {
            matrix = Clipped(matrix, issues);
        }

        CheckGroups(matrix, planned, issues);
        if (matrix.Mapping == Mapping.Asymmetric && (matrix.Bits == 1 || matrix.GroupBits.Contains(1)))
        {
            issues.Add(new SpecIssue("QG1109", $"Matrix '{matrix.Name}' has 1-bit weights, which are symmetric (+-scale); use Mapping.Symmetric", Property: planned ? "Plan" : "Mapping"));
        }

        // BWN's scale is the mean magnitude: there is no range to clip.
        return issues.Count > before ? null : matrix.Bits == 1 ? matrix with { Clipping = Clipping.MinMax, GroupClipping = default } : matrix;
    }

    private static void ReportBits(MatrixSpec matrix, ICollection<SpecIssue> issues)
    {
        int[] legal = SchemeRules.WeightBits(matrix.Scheme);
        foreach (int bits in matrix.GroupBits.Concat(new[] { matrix.Bits }).Where(b => !legal.Contains(b)).Distinct())
        {
            issues.Add(new SpecIssue("QG1101", BitsMessage($"Matrix '{matrix.Name}'", matrix.Scheme, bits, legal), Nearest(bits, legal), "Plan"));
        }
    }

    // A file's description is checked for hundreds of matrices, so the usual case takes no memory.
    private static bool HasLegalBits(MatrixSpec matrix)
    {
        int[] legal = SchemeRules.WeightBits(matrix.Scheme);
        bool isLegal = Array.IndexOf(legal, matrix.Bits) >= 0;
        for (int i = 0; i < matrix.GroupBits.Count; i++)
        {
            isLegal &= Array.IndexOf(legal, matrix.GroupBits[i]) >= 0;
        }

        return isLegal;
    }

    private static MatrixSpec Mixed(MatrixSpec matrix, ICollection<SpecIssue> issues)
    {
        if (matrix.GroupBits.Count != matrix.GroupCount)
        {
            issues.Add(new SpecIssue("QG1208", $"Matrix '{matrix.Name}' has {matrix.GroupCount} groups and 'group_bits' lists {matrix.GroupBits.Count}", Property: "Plan"));
        }

        if (matrix.GroupSize != 0)
        {
            issues.Add(new SpecIssue("QG1104", $"Matrix '{matrix.Name}' has bits per group of rows, which a group size of {matrix.GroupSize} along inputs excludes", Property: "Plan"));
        }

        (int most, bool mixed) = (0, false);
        for (int i = 0; i < matrix.GroupBits.Count; i++)
        {
            most = Math.Max(most, matrix.GroupBits[i]);
            mixed |= matrix.GroupBits[i] != matrix.GroupBits[0];
        }

        // No legal bits exceed 32.
        if (most == 32)
        {
            issues.Add(new SpecIssue("QG1208", $"Matrix '{matrix.Name}' mixes 32-bit groups with quantized ones; use 8 bits for the sensitive groups", Property: "Plan"));
        }

        return mixed && matrix.Bits == most ? matrix : matrix with { Bits = most, GroupBits = mixed ? matrix.GroupBits : default };
    }

    // Clipping per group of rows: one for each, along rows only, and none where all are the same.
    private static MatrixSpec Clipped(MatrixSpec matrix, ICollection<SpecIssue> issues)
    {
        if (matrix.GroupClipping.Count != matrix.GroupCount)
        {
            issues.Add(new SpecIssue(
                "QG1208", $"Matrix '{matrix.Name}' has {matrix.GroupCount} groups and 'group_clipping' lists {matrix.GroupClipping.Count}", Property: "Plan"));
        }

        if (matrix.GroupSize != 0)
        {
            issues.Add(new SpecIssue(
                "QG1104", $"Matrix '{matrix.Name}' has a clipping per group of rows, which a group size of {matrix.GroupSize} along inputs excludes", Property: "Plan"));
        }

        var first = (Clipping)matrix.GroupClipping[0];
        bool mixed = matrix.GroupClipping.Any(c => c != (int)first);
        return matrix with { Clipping = first, GroupClipping = mixed ? matrix.GroupClipping : default };
    }

    private static void CheckGroups(MatrixSpec matrix, bool planned, ICollection<SpecIssue> issues)
    {
        if (matrix.GroupCount < 1 || matrix.Rows % matrix.GroupCount != 0)
        {
            int nearest = NearestDivisor(matrix.Rows, matrix.GroupCount);
            issues.Add(new SpecIssue("QG1102", $"Matrix '{matrix.Name}' has {matrix.Rows} rows, which {matrix.GroupCount} groups cannot divide; the nearest legal count is {nearest}", nearest, planned ? "Plan" : "Groups"));
        }

        if (matrix.GroupSize < 0 || matrix.GroupSize % SpecLimits.GroupSizeMultiple != 0 || matrix.GroupSize > SpecLimits.MaxColumns)
        {
            int multiple = SpecLimits.GroupSizeMultiple;
            int nearest = (int)Math.Max(multiple, Math.Min(SpecLimits.MaxColumns, ((long)matrix.GroupSize + (multiple / 2)) / multiple * multiple));
            issues.Add(new SpecIssue("QG1103", $"Matrix '{matrix.Name}' has a group size of {matrix.GroupSize}, and it must be a multiple of {multiple}; the nearest legal size is {nearest}", nearest, planned ? "Plan" : "GroupSize"));
        }
        else if (matrix.GroupSize > 0 && matrix.GroupCount > 1)
        {
            issues.Add(new SpecIssue("QG1104", $"Matrix '{matrix.Name}' has both {matrix.GroupCount} groups along rows and a group size of {matrix.GroupSize} along inputs; keep one", Property: "Plan"));
        }
    }

    private static string BitsMessage(string what, Scheme scheme, int bits, int[] legal)
    {
        string with = scheme == Scheme.Linear ? string.Empty : $" with the scheme {scheme}";
        return $"{what} cannot have {bits} bits{with}; use {string.Join(", ", legal.Take(legal.Length - 1))} or {legal[legal.Length - 1]}";
    }

    private static int Nearest(int value, int[] legal) => legal.OrderBy(l => Math.Abs((long)l - value)).First();

    private static int NearestDivisor(int number, int wanted)
    {
        if (number < 1)
        {
            return 1;
        }

        return Enumerable.Range(1, Math.Min(number, SpecLimits.MaxColumns)).Where(d => number % d == 0).OrderBy(d => Math.Abs((long)d - wanted)).First();
    }
}
