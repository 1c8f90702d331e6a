namespace QuantGen.Specs;

/// <summary>Reads <see cref="SpecJson"/>'s text. A model is accepted only if writing it again gives the same text.</summary>
internal static class SpecJsonReader
{
    private const int MaxMatrices = (SpecLimits.MaxLayers * 6) + 2;

    public static ModelSpec Read(string json)
    {
        Dictionary<string, object?> root = JsonText.Parse(json) as Dictionary<string, object?> ?? throw new FormatException("expected a JSON object");
        List<object?> matrices = Get<List<object?>>(root, "matrices");
        if (matrices.Count > MaxMatrices)
        {
            throw new FormatException($"expected at most {MaxMatrices} matrices, found {matrices.Count}");
        }

        var config = new ModelConfig
        {
            Architecture = Named<BertArchitecture>(root, "architecture"),
            Layers = Integer(root, "layers"),
            HiddenSize = Integer(root, "hidden_size"),
            EmbeddingSize = Integer(root, "embedding_size"),
            Heads = Integer(root, "heads"),
            IntermediateSize = Integer(root, "intermediate_size"),
            VocabularySize = Integer(root, "vocabulary_size"),
            MaxPositions = Integer(root, "max_positions"),
            TypeVocabularySize = Integer(root, "type_vocabulary_size"),
            HiddenActivation = Named<HiddenActivation>(root, "hidden_activation"),
            LayerNormEpsilon = Number(root, "layer_norm_epsilon"),
        };
        ModelSpec spec = Rebuild(config, root, matrices.Select(Entry).ToArray());

        // Whatever the rules would have changed (order, names, shapes, unknown keys) shows up here.
        string canonical = spec.CanonicalJson;
        return canonical == json ? spec : throw new FormatException($"expected the canonical text {Difference(canonical, json)}");
    }

    private static ModelSpec Rebuild(ModelConfig config, Dictionary<string, object?> root, PlanEntry[] plan)
    {
        BertHead head = Named<BertHead>(root, "head");
        int outputs = Integer(root, "outputs");
        var options = new SpecOptions
        {
            Bits = 32,
            EmbeddingBits = Integer(root, "embedding_bits"),
            ActivationBits = Integer(root, "activation_bits"),
            ActivationRange = Named<ActivationRange>(root, "activation_range"),
            Head = head,
            LabelCount = outputs,
            MaxSequenceLength = 1,
            MaxBatchTokens = 1,
            Plan = new EquatableArray<PlanEntry>(plan),
        };
        var issues = new List<SpecIssue>();
        return SpecBuilder.Build(config, options, issues) ?? throw new FormatException("expected a legal model: " + issues[0].Message);
    }

    private static PlanEntry Entry(object? value)
    {
        Dictionary<string, object?> m = value as Dictionary<string, object?> ?? throw new FormatException("expected an object for each matrix");
        var groupBits = Get<List<object?>>(m, "group_bits").Select(b => b is double d ? (int)d : 0);
        int size = Integer(m, "group_size");
        return new PlanEntry(
            Get<string>(m, "name"), Integer(m, "bits"), Integer(m, "group_count"), size, Named<Mapping>(m, "mapping"), Named<Clipping>(m, "clipping"), new EquatableArray<int>(groupBits));
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
        return number == Math.Floor(number) && number is >= 0 and <= int.MaxValue ? (int)number : throw new FormatException($"expected a whole number for '{key}'");
    }

    private static T Named<T>(Dictionary<string, object?> members, string key)
        where T : struct
    {
        string name = Get<string>(members, key);
        return SpecNames.TryParse(name, out T value) ? value : throw new FormatException($"expected {SpecNames.Choices<T>()} for '{key}', found '{name}'");
    }
}
