using System.Globalization;

namespace QuantGen.Specs;

/// <summary>Reads a Hugging Face <c>config.json</c>. Keys that do not change inference are ignored; what this library cannot compute is an issue.</summary>
public static class ModelConfigReader
{
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

        var reader = new Reader(members, file);
        ModelConfig config = reader.Config();
        foreach (SpecIssue issue in reader.Issues)
        {
            issues.Add(issue);
        }

        return reader.Issues.Count == 0 ? config : null;
    }

    private sealed class Reader(Dictionary<string, object?> members, string file)
    {
        public List<SpecIssue> Issues { get; } = new();

        public ModelConfig Config()
        {
            string type = Text("model_type", "bert");
            if (type is not ("bert" or "albert"))
            {
                Unsupported("model_type", type, "'bert' or 'albert'");
            }

            bool albert = type == "albert";
            Reject("position_embedding_type", "absolute");
            RejectTrue("is_decoder");
            RejectTrue("add_cross_attention");
            if (albert)
            {
                RejectNumber("num_hidden_groups", 1);
                RejectNumber("inner_group_num", 1);
            }

            int hidden = Integer("hidden_size", 768);
            EquatableArray<string> labels = Labels();
            return new ModelConfig
            {
                Architecture = albert ? BertArchitecture.Albert : BertArchitecture.Bert,
                Layers = Integer("num_hidden_layers", 12),
                HiddenSize = hidden,
                EmbeddingSize = albert ? Integer("embedding_size", 128) : hidden,
                Heads = Integer("num_attention_heads", 12),
                IntermediateSize = Integer("intermediate_size", 3072),
                VocabularySize = Integer("vocab_size", albert ? 30000 : 30522),
                MaxPositions = Integer("max_position_embeddings", 512),
                TypeVocabularySize = Integer("type_vocab_size", 2),
                HiddenActivation = Activation(albert),
                LayerNormEpsilon = Real("layer_norm_eps", 1e-12),
                Labels = labels,
                Head = Head(labels.Count),
            };
        }

        private HiddenActivation Activation(bool albert)
        {
            string name = Text("hidden_act", albert ? "gelu_new" : "gelu");
            if (name is "gelu_new" or "gelu_pytorch_tanh")
            {
                return HiddenActivation.GeluNew;
            }

            if (name != "gelu")
            {
                Unsupported("hidden_act", name, "'gelu' or 'gelu_new'");
            }

            return HiddenActivation.Gelu;
        }

        private BertHead Head(int labels)
        {
            string name = members.TryGetValue("architectures", out object? value) && value is List<object?> { Count: > 0 } list
                ? list[0] as string ?? string.Empty
                : string.Empty;
            string problem = Text("problem_type", string.Empty);
            if (name.EndsWith("ForSequenceClassification", StringComparison.Ordinal))
            {
                if (problem == "multi_label_classification")
                {
                    Unsupported("problem_type", problem, "'single_label_classification' or 'regression'");
                }

                return problem == "regression" || (problem.Length == 0 && labels == 1) ? BertHead.Regression : BertHead.SequenceClassification;
            }

            return name.EndsWith("ForTokenClassification", StringComparison.Ordinal) ? BertHead.TokenClassification
                : name.EndsWith("ForQuestionAnswering", StringComparison.Ordinal) ? BertHead.QuestionAnswering
                : name.EndsWith("ForMaskedLM", StringComparison.Ordinal) ? BertHead.MaskedLanguageModel
                : BertHead.Encoder;
        }

        private EquatableArray<string> Labels()
        {
            if (members.TryGetValue("id2label", out object? value) && value is Dictionary<string, object?> { Count: > 0 } map)
            {
                string?[] labels = Enumerable.Range(0, map.Count)
                    .Select(i => map.TryGetValue(i.ToString(CultureInfo.InvariantCulture), out object? label) ? label as string : null)
                    .ToArray();
                if (labels.All(l => l is not null))
                {
                    return new EquatableArray<string>(labels!);
                }

                Issues.Add(new SpecIssue("QG1203", $"Config '{file}': 'id2label' must map \"0\" to \"{map.Count - 1}\" to texts", Property: "Config"));
            }

            int count = members.ContainsKey("num_labels") ? Integer("num_labels", 2) : 2;
            return new EquatableArray<string>(Enumerable.Range(0, Math.Max(0, Math.Min(count, SpecLimits.MaxOutputs)))
                .Select(i => "LABEL_" + i.ToString(CultureInfo.InvariantCulture)));
        }

        private int Integer(string key, int absent)
        {
            if (!members.TryGetValue(key, out object? value) || value is null)
            {
                return absent;
            }

            if (value is double number && number == Math.Floor(number) && number is >= 1 and <= int.MaxValue)
            {
                return (int)number;
            }

            Illegal(key, value, "a positive whole number");
            return absent;
        }

        private double Real(string key, double absent)
        {
            if (!members.TryGetValue(key, out object? value) || value is null)
            {
                return absent;
            }

            if (value is double number && number is >= 0 and < 1)
            {
                return number;
            }

            Illegal(key, value, "a number from 0 to 1");
            return absent;
        }

        private string Text(string key, string absent)
        {
            if (!members.TryGetValue(key, out object? value) || value is null)
            {
                return absent;
            }

            if (value is string text)
            {
                return text;
            }

            Illegal(key, value, "a text");
            return absent;
        }

        private void Reject(string key, string only)
        {
            string value = Text(key, only);
            if (value != only)
            {
                Unsupported(key, value, $"'{only}'");
            }
        }

        private void RejectTrue(string key)
        {
            if (members.TryGetValue(key, out object? value) && value is true)
            {
                Unsupported(key, "true", "'false'");
            }
        }

        private void RejectNumber(string key, int only)
        {
            int value = Integer(key, only);
            if (value != only)
            {
                Unsupported(key, value.ToString(CultureInfo.InvariantCulture), $"'{only}'");
            }
        }

        private void Illegal(string key, object? value, string expected) => Issues.Add(new SpecIssue(
            "QG1203", $"Config '{file}': '{key}' must be {expected}, and it is {JsonText.Describe(value)}", Property: "Config"));

        private void Unsupported(string key, string value, string expected) => Issues.Add(new SpecIssue(
            "QG1204", $"Config '{file}': '{key}' is '{value}', and only {expected} can be generated", Property: "Config"));
    }
}
