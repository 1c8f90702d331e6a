using System.Globalization;
using QuantGen.Graph;
using QuantGen.Json;

namespace QuantGen.Architectures;

/// <summary>The members of a <c>config.json</c>, read by key. What is illegal or cannot be generated becomes an issue, and reading goes on with the
/// default.</summary>
/// <param name="members">The members of its object.</param>
/// <param name="file">Its name, for messages.</param>
internal sealed class ConfigKeys(Dictionary<string, object?> members, string file)
{
    /// <summary>Gets what is wrong.</summary>
    public List<SpecIssue> Issues { get; } = new();

    /// <summary>Gets whether a key is there.</summary>
    public bool Has(string key) => members.ContainsKey(key);

    /// <summary>Gets a member as it is; null where there is none.</summary>
    public object? Value(string key) => members.TryGetValue(key, out object? value) ? value : null;

    /// <summary>Reads the dimensions under the keys of BERT, which most families share.</summary>
    /// <param name="defaults">What absent keys mean.</param>
    public ModelConfig BertDimensions(ModelConfig defaults)
    {
        Reject("position_embedding_type", "absolute");
        int hidden = Integer("hidden_size", defaults.HiddenSize);
        return defaults with
        {
            Layers = Integer("num_hidden_layers", defaults.Layers),
            HiddenSize = hidden,
            EmbeddingSize = hidden,
            Heads = Integer("num_attention_heads", defaults.Heads),
            IntermediateSize = Integer("intermediate_size", defaults.IntermediateSize),
            VocabularySize = Integer("vocab_size", defaults.VocabularySize),
            MaxPositions = Integer("max_position_embeddings", defaults.MaxPositions),
            TypeVocabularySize = Integer("type_vocab_size", defaults.TypeVocabularySize),
            HiddenActivation = Activation("hidden_act", defaults.HiddenActivation),
            LayerNormEpsilon = Real("layer_norm_eps", defaults.LayerNormEpsilon),
        };
    }

    /// <summary>Reads an activation function by name.</summary>
    public HiddenActivation Activation(string key, HiddenActivation absent)
    {
        if (Value(key) is null)
        {
            return absent;
        }

        string name = Text(key, string.Empty);
        if (ActivationNames.Find(name) is HiddenActivation function)
        {
            return function;
        }

        if (Value(key) is string)
        {
            Unsupported(key, name, ActivationNames.All);
        }

        return absent;
    }

    /// <summary>Reads a positive whole number.</summary>
    public int Integer(string key, int absent)
    {
        object? value = Value(key);
        if (value is null)
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

    /// <summary>Reads a text.</summary>
    public string Text(string key, string absent)
    {
        object? value = Value(key);
        if (value is null)
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

    /// <summary>Refuses all texts but one.</summary>
    public void Reject(string key, string only)
    {
        string value = Text(key, only);
        if (value != only)
        {
            Unsupported(key, value, $"'{only}'");
        }
    }

    /// <summary>Refuses the value true.</summary>
    public void RejectTrue(string key)
    {
        if (Value(key) is true)
        {
            Unsupported(key, "true", "'false'");
        }
    }

    /// <summary>Refuses all numbers but one.</summary>
    public void RejectNumber(string key, int only)
    {
        int value = Integer(key, only);
        if (value != only)
        {
            Unsupported(key, value.ToString(CultureInfo.InvariantCulture), $"'{only}'");
        }
    }

    /// <summary>Reports a value that cannot be generated.</summary>
    public void Unsupported(string key, string value, string expected) => Issues.Add(new SpecIssue(
        "QG1204", $"Config '{file}': '{key}' is '{value}', and only {expected} can be generated", Property: "Config"));

    /// <summary>Reports an illegal value.</summary>
    public void Illegal(string key, string expected) => Issues.Add(new SpecIssue(
        "QG1203", $"Config '{file}': '{key}' must {expected}", Property: "Config"));

    private double Real(string key, double absent)
    {
        object? value = Value(key);
        if (value is null)
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

    private void Illegal(string key, object? value, string expected) => Illegal(key, $"be {expected}, and it is {JsonText.Describe(value)}");
}
