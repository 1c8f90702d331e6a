using QuantGen.Architectures;
using QuantGen.Graph;
using QuantGen.Schemes;

namespace QuantGen.Specs;

/// <summary>What is legal. Every rule names the thing, the numbers and the nearest legal value.</summary>
internal static class SpecRules
{
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
            issues.Add(new SpecIssue("QG1203", $"EmbeddingSize is {config.EmbeddingSize}, and {family.Name} needs it equal to HiddenSize {config.HiddenSize}",
                config.HiddenSize, "EmbeddingSize"));
        }

        if (config.AttentionSize != 0)
        {
            CheckAttention(config, issues);
        }

        // A width that is illegal itself has no divisors worth naming.
        else if (config.HiddenSize is >= 1 and <= SpecLimits.MaxColumns && (config.Heads < 1 || config.HiddenSize % config.Heads != 0))
        {
            int nearest = NearestDivisor(config.HiddenSize, config.Heads);
            issues.Add(new SpecIssue("QG1203",
                $"HiddenSize {config.HiddenSize} cannot be divided into {config.Heads} heads; the nearest legal count is {nearest}", nearest, "Heads"));
        }

        if (!(config.LayerNormEpsilon is >= 0 and < 1))
        {
            issues.Add(new SpecIssue("QG1203", "LayerNormEpsilon must be a number from 0 to 1", Property: "Config"));
        }
    }

    private static void CheckAttention(ModelConfig config, ICollection<SpecIssue> issues)
    {
        if (config.AttentionSize < 0 || config.AttentionSize >= config.HiddenSize)
        {
            issues.Add(new SpecIssue(
                "QG1203", $"AttentionSize is {config.AttentionSize}, and it must be 0 or below HiddenSize {config.HiddenSize}", 0, "Config"));
        }
        else if (config.Heads < 1 || config.AttentionSize % config.Heads != 0)
        {
            issues.Add(new SpecIssue("QG1203", $"AttentionSize {config.AttentionSize} cannot be divided into {config.Heads} heads", Property: "Config"));
        }
    }

    public static void CheckOptions(ModelConfig config, SpecOptions options, ICollection<SpecIssue> issues)
    {
        StorageTraits weights = StorageTraits.Of(options.Storage);
        if (!weights.Bits.Contains(options.Bits))
        {
            issues.Add(BitRules.Issue("QG1101", "Weights", With(options.Storage), options.Bits, weights.Bits, "Bits"));
        }

        Storage embedding = EmbeddingStorage(options);
        if (EmbeddingBits(options) is var embeddingBits && StorageTraits.Of(embedding).EmbeddingBits is var legal && !legal.Contains(embeddingBits))
        {
            issues.Add(BitRules.Issue("QG1106", "The embedding", With(embedding), embeddingBits, legal, "EmbeddingBits"));
        }

        if (!SpecOptions.LegalPositionBits.Contains(options.PositionBits))
        {
            issues.Add(BitRules.Issue(
                "QG1106", "Embeddings of positions and token types", string.Empty, options.PositionBits, SpecOptions.LegalPositionBits, "PositionBits"));
        }

        if (options.ActivationBits is int bits && !ActivationSides.Bits.Contains(bits))
        {
            issues.Add(BitRules.Issue("QG1105", "Activations", string.Empty, bits, ActivationSides.Bits, "ActivationBits"));
        }

        int attentionBits = AttentionBits(options);
        if (!ActivationSides.AttentionBits.Contains(attentionBits))
        {
            issues.Add(BitRules.Issue("QG1105", "Attention's operands", string.Empty, attentionBits, ActivationSides.AttentionBits, "AttentionBits"));
        }

        if (options.Attention == AttentionKind.Boolean && attentionBits != Defaults.FullPrecisionBits && options.Numerics == Numerics.Float)
        {
            issues.Add(new SpecIssue(
                "QG1114", $"Boolean attention multiplies one bit, which excludes stored ranges of {attentionBits} bits; leave AttentionBits at 32",
                Defaults.FullPrecisionBits, "AttentionBits"));
        }

        if (options.GroupCount < 1)
        {
            issues.Add(new SpecIssue("QG1102", $"The group count is {options.GroupCount}, and it must be at least 1", 1, "Groups"));
        }

        if (options.GroupSize != 0 && options.GroupCount > 1)
        {
            issues.Add(new SpecIssue("QG1104",
                $"A group count of {options.GroupCount} along rows and a group size of {options.GroupSize} along inputs exclude each other; keep one",
                Property: "GroupSize"));
        }

        CheckBounds(config, options.MaxSequenceLength, options.MaxBatchTokens, issues);
        if (options.Head is BertHead.SequenceClassification or BertHead.TokenClassification && options.LabelCount is < 1 or > SpecLimits.MaxOutputs)
        {
            issues.Add(new SpecIssue("QG1113", $"A classification head needs 1 to {SpecLimits.MaxOutputs} labels, and there are {options.LabelCount}",
                Property: "Labels"));
        }

        for (int i = 0; i < options.LayerBits.Count; i++)
        {
            LayerBitsRule rule = options.LayerBits[i];
            if (!weights.Bits.Contains(rule.Bits))
            {
                issues.Add(BitRules.Issue("QG1108", $"LayerBits '{rule.Pattern}'", With(options.Storage), rule.Bits, weights.Bits, LayerBitsProperty(i)));
            }
        }
    }

    /// <summary>Checks the bounds of the memory plan.</summary>
    public static void CheckBounds(ModelConfig config, int length, int tokens, ICollection<SpecIssue> issues)
    {
        if (length < 1 || length > config.MaxPositions)
        {
            int nearest = Math.Max(1, Math.Min(length, config.MaxPositions));
            issues.Add(new SpecIssue("QG1110", $"MaxSequenceLength is {length}, and this model has positions for 1 to {config.MaxPositions} tokens", nearest,
                "MaxSequenceLength"));
        }
        else if (tokens < length || tokens > SpecLimits.MaxBatchTokens)
        {
            int nearest = Math.Max(length, Math.Min(tokens, SpecLimits.MaxBatchTokens));
            issues.Add(new SpecIssue(
                "QG1111", $"MaxBatchTokens is {tokens}, and it must be from MaxSequenceLength {length} to {SpecLimits.MaxBatchTokens}", nearest,
                "MaxBatchTokens"));
        }
        else if (config.Heads is > 0 and <= SpecLimits.MaxColumns && (long)tokens * config.Heads > SpecLimits.MaxItems)
        {
            int nearest = SpecLimits.MaxItems / config.Heads;
            issues.Add(new SpecIssue(
                "QG1111",
                $"MaxBatchTokens is {tokens}, and with {config.Heads} heads it must be at most {nearest}, so that a pass counts all heads of all sequences",
                nearest,
                "MaxBatchTokens"));
        }
    }

    /// <summary>Gets the bits of attention's operands: those of the options, or the default.</summary>
    public static int AttentionBits(SpecOptions options) => options.AttentionBits ?? Defaults.AttentionBitsOf(options.Numerics, options.ActivationBits);

    /// <summary>Gets the bits of the word embedding: those of the options, or the default.</summary>
    public static int EmbeddingBits(SpecOptions options) => options.EmbeddingBits ?? Defaults.EmbeddingBits(options.Bits, EmbeddingStorage(options));

    /// <summary>Gets how the word embedding is stored where it is quantized: as weights are; beside pairs as a pair where it has one bit, else as uniform
    /// codes.</summary>
    public static Storage EmbeddingStorage(SpecOptions options) =>
        options.EmbeddingStorage ?? (options.Storage == Storage.BinaryPair && options.EmbeddingBits != 1 ? Storage.Uniform : options.Storage);

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
                    "QG1105", $"Matrix '{integers.Name}' multiplies integers, and activations have 32 bits; use 2 to 8", 8, "ActivationBits"));
            }

            if (options.ActivationBits == 1)
            {
                BitActivationRules.Check(matrices, options.ActivationRange, issues);
            }

            return options.ActivationBits ?? Defaults.ActivationBits;
        }

        if (matrices.FirstOrDefault(m => m.HasCodebook) is MatrixSpec codebook)
        {
            if (options.ActivationBits is int bits && bits != 32)
            {
                issues.Add(new SpecIssue(
                    "QG1105", $"Matrix '{codebook.Name}' has a codebook, whose values meet activations of full precision, and they have {bits} bits; use 32",
                    32, "ActivationBits"));
            }

            return 32;
        }

        return Defaults.ActivationBits;
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

        if (matrix.Bits == Defaults.FullPrecisionBits)
        {
            return matrix with { Storage = Storage.FullPrecision, GroupCount = 1, GroupSize = 0, Mapping = Mapping.Symmetric };
        }

        StorageTraits traits = StorageTraits.Of(matrix.Storage);
        string cause = matrix.IsPair ? "weights in pairs of one bit" : "a codebook";
        SchemeRules.Check(matrix, cause, traits.HasZeroPoints, traits.HasGroupSize, traits.HasGroups, planned, issues);
        CheckGroups(matrix, planned, issues);
        if (matrix.Mapping == Mapping.Asymmetric && (matrix.Bits == 1 || matrix.GroupBits.Contains(1)))
        {
            issues.Add(new SpecIssue("QG1109", $"Matrix '{matrix.Name}' has 1-bit weights, which are symmetric (+-scale); use Mapping.Symmetric",
                Property: planned ? "Plan" : "Mapping"));
        }

        return issues.Count > before ? null : matrix;
    }

    private static void ReportBits(MatrixSpec matrix, ICollection<SpecIssue> issues)
    {
        IReadOnlyList<int> legal = StorageTraits.Of(matrix.Storage).Bits;
        foreach (int bits in matrix.GroupBits.Concat(new[] { matrix.Bits }).Where(b => !legal.Contains(b)).Distinct())
        {
            issues.Add(BitRules.Issue("QG1101", $"Matrix '{matrix.Name}'", With(matrix.Storage), bits, legal, "Plan"));
        }
    }

    // A file's description is checked for hundreds of matrices, so the usual case takes no memory.
    private static bool HasLegalBits(MatrixSpec matrix)
    {
        IReadOnlyList<int> legal = StorageTraits.Of(matrix.Storage).Bits;
        bool isLegal = legal.Contains(matrix.Bits);
        for (int i = 0; i < matrix.GroupBits.Count; i++)
        {
            isLegal &= legal.Contains(matrix.GroupBits[i]);
        }

        return isLegal;
    }

    private static MatrixSpec Mixed(MatrixSpec matrix, ICollection<SpecIssue> issues)
    {
        if (matrix.GroupBits.Count != matrix.GroupCount)
        {
            issues.Add(new SpecIssue("QG1208", $"Matrix '{matrix.Name}' has {matrix.GroupCount} groups and 'group_bits' lists {matrix.GroupBits.Count}",
                Property: "Plan"));
        }

        if (matrix.GroupSize != 0)
        {
            issues.Add(new SpecIssue("QG1104",
                $"Matrix '{matrix.Name}' has bits per group of rows, which a group size of {matrix.GroupSize} along inputs excludes", Property: "Plan"));
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
            issues.Add(new SpecIssue("QG1208", $"Matrix '{matrix.Name}' mixes 32-bit groups with quantized ones; use 8 bits for the sensitive groups",
                Property: "Plan"));
        }

        return mixed && matrix.Bits == most ? matrix : matrix with { Bits = most, GroupBits = mixed ? matrix.GroupBits : default };
    }

    private static void CheckGroups(MatrixSpec matrix, bool planned, ICollection<SpecIssue> issues)
    {
        if (matrix.GroupCount < 1 || matrix.Rows % matrix.GroupCount != 0)
        {
            int nearest = NearestDivisor(matrix.Rows, matrix.GroupCount);
            issues.Add(new SpecIssue("QG1102",
                $"Matrix '{matrix.Name}' has {matrix.Rows} rows, which {matrix.GroupCount} groups cannot divide; the nearest legal count is {nearest}", nearest,
                planned ? "Plan" : "Groups"));
        }

        if (matrix.GroupSize < 0 || matrix.GroupSize % SpecLimits.GroupSizeMultiple != 0 || matrix.GroupSize > SpecLimits.MaxColumns)
        {
            int multiple = SpecLimits.GroupSizeMultiple;
            int nearest = (int)Math.Max(multiple, Math.Min(SpecLimits.MaxColumns, ((long)matrix.GroupSize + (multiple / 2)) / multiple * multiple));
            issues.Add(new SpecIssue("QG1103",
                $"Matrix '{matrix.Name}' has a group size of {matrix.GroupSize}, and it must be a multiple of {multiple}; the nearest legal size is {nearest}",
                nearest, planned ? "Plan" : "GroupSize"));
        }
        else if (matrix.GroupSize > 0 && matrix.GroupCount > 1)
        {
            issues.Add(new SpecIssue("QG1104",
                $"Matrix '{matrix.Name}' has both {matrix.GroupCount} groups along rows and a group size of {matrix.GroupSize} along inputs; keep one",
                Property: "Plan"));
        }
    }

    private static string With(Storage storage) => storage switch
    {
        Storage.Codebook => " with a codebook",
        Storage.FullPrecision => " in full precision",
        Storage.BinaryPair => " in pairs",
        _ => string.Empty,
    };

    private static int NearestDivisor(int number, int wanted)
    {
        if (number < 1)
        {
            return 1;
        }

        return Enumerable.Range(1, Math.Min(number, SpecLimits.MaxColumns)).Where(d => number % d == 0).OrderBy(d => Math.Abs((long)d - wanted)).First();
    }
}
