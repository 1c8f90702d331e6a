using System.Globalization;
using QuantGen.Graph;
using QuantGen.Json;

namespace QuantGen.Architectures;

/// <summary>Reads a Hugging Face <c>config.json</c>. Keys that do not change inference are ignored; what this library cannot compute is an issue.</summary>
public static class ModelConfigReader
{
    private const string MultiLabel = "multi_label_classification";
    private const string CrossEncoderKey = "sentence_transformers";
    private const string OldCrossEncoderKey = "sbert_ce_default_activation_function";

    private static readonly (string End, BertHead Head)[] s_heads =
    {
        ("ForSequenceClassification", BertHead.SequenceClassification),
        ("ForTokenClassification", BertHead.TokenClassification),
        ("ForQuestionAnswering", BertHead.QuestionAnswering),
        ("ForMaskedLM", BertHead.MaskedLanguageModel),
    };

    /// <summary>Gets the heads that a model can have.</summary>
    internal static IEnumerable<BertHead> Heads => s_heads.Select(row => row.Head);

    /// <summary>Gets what the name of a class ends in: the reverse of what is read.</summary>
    /// <param name="head">The head.</param>
    internal static string ClassEnd(BertHead head) =>
        s_heads.FirstOrDefault(row => row.Head == (head == BertHead.Regression ? BertHead.SequenceClassification : head)).End ?? "Model";

    /// <summary>Reads the configuration.</summary>
    /// <param name="json">The text of the file.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="issues">Receives what is wrong: QG1202 (not JSON), QG1203 (illegal value), QG1204 (not supported).</param>
    /// <returns>The configuration, or null when there is an issue.</returns>
    public static ModelConfig? Read(string json, string file, ICollection<SpecIssue> issues)
    {
        object? root;
        try
        {
            root = JsonText.Parse(json);
        }
        catch (FormatException e)
        {
            issues.Add(new SpecIssue("QG1202", $"Config '{file}' is not JSON: {e.Message}", Property: "Config"));
            return null;
        }

        if (root is not Dictionary<string, object?> members)
        {
            issues.Add(new SpecIssue("QG1202", $"Config '{file}' must hold a JSON object", Property: "Config"));
            return null;
        }

        var keys = new ConfigKeys(members, file);
        ModelConfig config = Read(keys, members);
        foreach (SpecIssue issue in keys.Issues)
        {
            issues.Add(issue);
        }

        return keys.Issues.Count == 0 ? config : null;
    }

    /// <summary>Finds the family that a configuration names; the first of all where it names none that is known, which <see cref="Read(string, string,
    /// ICollection{SpecIssue})"/> reports.</summary>
    /// <param name="json">The text of the file.</param>
    public static ModelFamily FamilyOf(string json)
    {
        try
        {
            return JsonText.Parse(json) is Dictionary<string, object?> members && members.TryGetValue("model_type", out object? value) && value is string type
                ? ModelFamilies.OfType(type) ?? ModelFamilies.All[0]
                : ModelFamilies.All[0];
        }
        catch (FormatException)
        {
            return ModelFamilies.All[0];
        }
    }

    private static ModelConfig Read(ConfigKeys keys, Dictionary<string, object?> members)
    {
        string type = keys.Text("model_type", ModelFamilies.All[0].ModelType);
        ModelFamily? family = ModelFamilies.OfType(type);
        if (family is null)
        {
            string[] names = ModelFamilies.All.Select(f => "'" + f.ModelType + "'").ToArray();
            keys.Unsupported("model_type", type, string.Join(", ", names.Take(names.Length - 1)) + " or " + names[names.Length - 1]);
            family = ModelFamilies.All[0];
        }

        keys.RejectTrue("is_decoder");
        keys.RejectTrue("add_cross_attention");
        ModelConfig dimensions = family.Read(keys);
        EquatableArray<string> labels = Labels(keys, members);
        BertHead head = Head(keys, labels.Count);
        return dimensions with { Labels = labels, Head = head, OutputActivation = Activation(keys, head, labels.Count) };
    }

    private static BertHead Head(ConfigKeys keys, int labels)
    {
        string name = keys.Value("architectures") is List<object?> { Count: > 0 } list ? list[0] as string ?? string.Empty : string.Empty;
        string problem = keys.Text("problem_type", string.Empty);
        int at = name.IndexOf("For", StringComparison.Ordinal);
        if (at < 0)
        {
            return BertHead.Encoder;
        }

        (string? end, BertHead head) = s_heads.FirstOrDefault(row => name.EndsWith(row.End, StringComparison.Ordinal));
        if (end is null)
        {
            // A head that is left out would change what the model is for without a word.
            keys.Unsupported(
                "architectures", name,
                string.Join(", ", s_heads.Select(row => "'..." + row.End + "'")) + " and models without a head (Head = BertHead.Encoder)");
            return BertHead.Encoder;
        }

        if (head != BertHead.SequenceClassification)
        {
            return head;
        }

        if (problem == "regression" && labels > 1 && (keys.Has("id2label") || keys.Has("num_labels")))
        {
            string count = labels.ToString(CultureInfo.InvariantCulture);
            keys.Illegal("id2label", $"name one output where 'problem_type' is 'regression', and it names {count}; several real outputs cannot be generated");
        }

        return problem == "regression" || (problem is "" or MultiLabel && labels == 1) ? BertHead.Regression : head;
    }

    // What a cross-encoder's folder says wins for its one output; several labels are what problem_type says.
    private static OutputActivation Activation(ConfigKeys keys, BertHead head, int labels)
    {
        if (head is not (BertHead.SequenceClassification or BertHead.Regression))
        {
            return OutputActivation.Usual;
        }

        OutputActivation problem = keys.Text("problem_type", string.Empty) == MultiLabel ? OutputActivation.Sigmoid : OutputActivation.Usual;
        string? type = keys.Value(OldCrossEncoderKey) as string;
        if (keys.Value(CrossEncoderKey) is Dictionary<string, object?> members && members.TryGetValue("activation_fn", out object? value))
        {
            type = value as string ?? type;
        }

        if (type is null || labels > 1)
        {
            return problem;
        }

        string name = type.Substring(type.LastIndexOf('.') + 1);
        if (name is not ("Identity" or "Sigmoid"))
        {
            keys.Unsupported("activation_fn", type, "'Identity' or 'Sigmoid'");
        }

        return name == "Sigmoid" ? OutputActivation.Sigmoid : OutputActivation.Usual;
    }

    private static EquatableArray<string> Labels(ConfigKeys keys, Dictionary<string, object?> members)
    {
        if (members.TryGetValue("id2label", out object? value) && value is Dictionary<string, object?> { Count: > 0 } map)
        {
            string?[] labels = Enumerable.Range(0, map.Count)
                .Select(i => map.TryGetValue(i.ToString(CultureInfo.InvariantCulture), out object? label) ? LabelText(label) : null)
                .ToArray();
            if (labels.All(l => l is not null))
            {
                return new EquatableArray<string>(labels!);
            }

            keys.Illegal("id2label", $"map \"0\" to \"{map.Count - 1}\" to texts or numbers");
        }

        if (value is List<object?> { Count: > 0 } list)
        {
            string?[] labels = list.Select(LabelText).ToArray();
            if (labels.All(l => l is not null))
            {
                return new EquatableArray<string>(labels!);
            }

            keys.Illegal("id2label", "list texts or numbers");
        }

        int count = keys.Has("num_labels") ? keys.Integer("num_labels", 2) : 2;
        return new EquatableArray<string>(Enumerable.Range(0, Math.Max(0, Math.Min(count, SpecLimits.MaxOutputs)))
            .Select(i => "LABEL_" + i.ToString(CultureInfo.InvariantCulture)));
    }

    // Training scripts write the numbers that their data has.
    private static string? LabelText(object? label) => label is double number ? number.ToString(CultureInfo.InvariantCulture) : label as string;
}
