using System.Collections.ObjectModel;
using QuantGen.Graph;
using QuantGen.Json;

namespace QuantGen.Specs;

/// <summary>Reads <see cref="SpecJson"/>'s text. A model is accepted only if writing it again gives the same text.</summary>
internal static class SpecJsonReader
{
    // As many as the deepest model has matrices, each with settings of its own.
    private const int MaxPatterns = (SpecLimits.MaxLayers * 6) + 2;

    public static ModelSpec Read(string json)
    {
        ModelSpec spec = Read(JsonText.Parse(json) as Dictionary<string, object?> ?? throw new FormatException("expected a JSON object"));

        // Whatever the rules would have changed (order, grouping, names, unknown keys) shows up here.
        string canonical = spec.CanonicalJson;
        return canonical == json ? spec : throw new FormatException($"expected the canonical text {Difference(canonical, json)}");
    }

    /// <summary>Reads a model that people may have written down in another order or with other white space; unknown keys are not looked for.</summary>
    public static ModelSpec Read(Dictionary<string, object?> root)
    {
        var config = new ModelConfig
        {
            Architecture = Named<BertArchitecture>(root, "architecture"),
            Layers = Integer(root, "layers"),
            HiddenSize = Integer(root, "hidden_size"),
            EmbeddingSize = Integer(root, "embedding_size"),
            Heads = Integer(root, "heads"),
            AttentionSize = root.ContainsKey(SpecJson.AttentionSize) ? Integer(root, SpecJson.AttentionSize) : 0,
            IntermediateSize = Integer(root, "intermediate_size"),
            VocabularySize = Integer(root, "vocabulary_size"),
            MaxPositions = Integer(root, "max_positions"),
            TypeVocabularySize = Integer(root, "type_vocabulary_size"),
            HiddenActivation = Named<HiddenActivation>(root, "hidden_activation"),
            LayerNormEpsilon = Number(root, "layer_norm_epsilon"),
        };
        return Rebuild(config, root, Plan(Get<List<object?>>(root, "quantizers")));
    }

    private static ModelSpec Rebuild(ModelConfig config, Dictionary<string, object?> root, PlanEntry[] plan)
    {
        BertHead head = Named<BertHead>(root, "head");
        int outputs = Integer(root, "outputs");
        var options = new SpecOptions
        {
            EmbeddingBits = Integer(root, "embedding_bits"),
            EmbeddingStorage = Named<Storage>(root, "embedding_storage"),
            PositionBits = root.ContainsKey(SpecJson.PositionBits) ? Integer(root, SpecJson.PositionBits) : Defaults.FullPrecisionBits,
            ActivationBits = Integer(root, "activation_bits"),
            AttentionBits = Integer(root, "attention_bits"),
            Attention = root.ContainsKey(SpecJson.Attention) ? Named<AttentionKind>(root, SpecJson.Attention) : AttentionKind.Softmax,
            Numerics = root.ContainsKey(SpecJson.Numerics) ? Named<Numerics>(root, SpecJson.Numerics) : Numerics.Float,
            ActivationRange = Named<ActivationRange>(root, "activation_range"),
            HasResidualFactors = HasResidualFactors(root),
            Head = head,
            LabelCount = outputs,
            MaxSequenceLength = 1,
            MaxBatchTokens = 1,
            Plan = new EquatableArray<PlanEntry>(plan),
        };
        return SpecBuilder.Build(config, options, new FirstIssue()) ?? throw new FormatException("expected a legal model");
    }

    private static bool HasResidualFactors(Dictionary<string, object?> root) => root.TryGetValue(SpecJson.ResidualFactors, out object? value)
        && (value is true ? true : throw new FormatException($"expected 'true' or nothing for '{SpecJson.ResidualFactors}'"));

    private static PlanEntry[] Plan(List<object?> quantizers)
    {
        var plan = new List<PlanEntry>();
        foreach (object? value in quantizers)
        {
            Dictionary<string, object?> members = value as Dictionary<string, object?> ?? throw new FormatException("expected an object for each quantizer");
            PlanEntry settings = Settings(members);
            foreach (object? pattern in Get<List<object?>>(members, "matrices"))
            {
                if (plan.Count == MaxPatterns)
                {
                    throw new FormatException($"expected at most {MaxPatterns} patterns of matrices");
                }

                plan.Add(settings with { Pattern = Pattern(pattern) });
            }
        }

        return plan.ToArray();
    }

    // What else a plan may say is never canonical, and would take longer to match.
    private static string Pattern(object? value) =>
        value is string text && (text == MatrixGroup.All || (text.IndexOf('*') < 0 && text.IndexOf('-') == text.LastIndexOf('-')))
            ? text
            : throw new FormatException($"expected '{MatrixGroup.All}', names, or names with one range of layers under 'matrices'");

    private static PlanEntry Settings(Dictionary<string, object?> m)
    {
        var groupBits = Get<List<object?>>(m, "group_bits").Select(b => b is double d ? (int)d : 0);
        int size = Integer(m, "group_size");
        return new PlanEntry(
            MatrixGroup.All, Integer(m, "bits"), Integer(m, "group_count"), size, Named<Mapping>(m, "mapping"), new EquatableArray<int>(groupBits))
        {
            Storage = Named<Storage>(m, "storage"),
        };
    }

    private static string Difference(string expected, string found)
    {
        int i = 0;
        while (i < expected.Length && i < found.Length && expected[i] == found[i])
        {
            i++;
        }

        return $"'{Excerpt(expected, i)}', found '{Excerpt(found, i)}'";
    }

    private static string Excerpt(string text, int at) => text.Substring(Math.Max(0, at - 20), Math.Min(text.Length, at + 20) - Math.Max(0, at - 20));

    private static T Get<T>(Dictionary<string, object?> members, string key)
        where T : class => members.TryGetValue(key, out object? value) && value is T typed ? typed : throw new FormatException($"expected the key '{key}'");

    private static double Number(Dictionary<string, object?> members, string key) =>
        members.TryGetValue(key, out object? value) && value is double number ? number : throw new FormatException($"expected a number for '{key}'");

    private static int Integer(Dictionary<string, object?> members, string key)
    {
        double number = Number(members, key);
        return number == Math.Floor(number) && number is >= 0 and <= int.MaxValue ? (int)number
            : throw new FormatException($"expected a whole number for '{key}'");
    }

    private static T Named<T>(Dictionary<string, object?> members, string key)
        where T : struct, Enum
    {
        string name = Get<string>(members, key);
        return SpecNames.TryParse(name, out T value) ? value : throw new FormatException($"expected {SpecNames.Choices<T>()} for '{key}', found '{name}'");
    }

    /// <summary>Ends the reading at the first issue: a short text can be wrong about hundreds of matrices.</summary>
    private sealed class FirstIssue : Collection<SpecIssue>
    {
        protected override void InsertItem(int index, SpecIssue item) => throw new FormatException("expected a legal model: " + item.Message);
    }
}
