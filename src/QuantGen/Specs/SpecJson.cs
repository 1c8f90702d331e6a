using System.Globalization;
using System.Text;
using QuantGen.Graph;

namespace QuantGen.Specs;

/// <summary>The one JSON form of a model: fixed keys in a fixed order, so that equal models have equal text and equal hashes.</summary>
/// <remarks>
/// Matrices are listed under the settings they share, and consecutive layers as one range, so that the length of the text
/// depends on how many different settings there are rather than on the number of layers. Shapes follow from the dimensions.
/// </remarks>
public static class SpecJson
{
    /// <summary>A key that only models have whose residuals have factors.</summary>
    internal const string ResidualFactors = "residual_factors";

    /// <summary>A key that only models have whose queries, keys and values are narrower than hidden states.</summary>
    internal const string AttentionSize = "attention_size";

    /// <summary>A key that only models have whose attention has no softmax.</summary>
    internal const string Attention = "attention";

    /// <summary>A key that only models have that compute with something else than floats between products.</summary>
    internal const string Numerics = "numerics";

    /// <summary>A key that only models have whose embeddings of positions and token types are codes.</summary>
    internal const string PositionBits = "position_bits";

    /// <summary>Writes a model.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="indented">Whether to break lines, for people to read; the hash is over the form without.</param>
    public static string Write(ModelSpec spec, bool indented)
    {
        ModelConfig d = spec.Dimensions;
        string line = indented ? "\n" : string.Empty;
        string indent = indented ? "  " : string.Empty;
        string space = indented ? " " : string.Empty;
        var members = new List<string>
        {
            Member("architecture", SpecNames.Of(d.Architecture)),
            Member("layers", d.Layers),
            Member("hidden_size", d.HiddenSize),
            Member("embedding_size", d.EmbeddingSize),
            Member("heads", d.Heads),
            Member("intermediate_size", d.IntermediateSize),
            Member("vocabulary_size", d.VocabularySize),
            Member("max_positions", d.MaxPositions),
            Member("type_vocabulary_size", d.TypeVocabularySize),
            Member("hidden_activation", SpecNames.Of(d.HiddenActivation)),
            Member("layer_norm_epsilon", Real(d.LayerNormEpsilon)),
            Member("head", SpecNames.Of(spec.Head)),
            Member("outputs", spec.OutputCount),
            Member("embedding_storage", SpecNames.Of(spec.EmbeddingStorage)),
            Member("embedding_bits", spec.EmbeddingBits),
            Member("activation_bits", spec.ActivationBits),
            Member("activation_range", SpecNames.Of(spec.ActivationRange)),
            Member("attention_bits", spec.AttentionBits),
        };
        if (d.AttentionSize != 0)
        {
            members.Insert(AttentionSizePlace, Member(AttentionSize, d.AttentionSize));
        }

        if (spec.HasQuantizedPositions)
        {
            members.Add(Member(PositionBits, spec.PositionBits));
        }

        if (spec.Attention != AttentionKind.Softmax)
        {
            members.Add(Member(Attention, SpecNames.Of(spec.Attention)));
        }

        if (spec.Numerics != QuantGen.Numerics.Float)
        {
            members.Add(Member(Numerics, SpecNames.Of(spec.Numerics)));
        }

        if (spec.HasResidualFactors)
        {
            members.Add($"\"{ResidualFactors}\":{space}true");
        }

        string quantizers = string.Join("," + line, MatrixGroup.Of(spec.Matrices).Select(group => indent + indent + Quantizer(group, space)));
        members.Add($"\"quantizers\":{space}[{line}{quantizers}{line}{indent}]");
        return "{" + line + string.Join("," + line, members.Select(m => indent + m)) + line + "}";

        string Member(string key, object value) => $"\"{key}\":{space}{(value is string text && key != "layer_norm_epsilon" ? "\"" + text + "\"" : value)}";
    }

    // Behind the heads.
    private const int AttentionSizePlace = 5;

    /// <summary>Reads a model, strictly: exactly the keys that <see cref="Write"/> writes, and only a legal model.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="FormatException">The text is not a legal model; the message says what was expected and found.</exception>
    public static ModelSpec Read(string json) => SpecJsonReader.Read(json);

    /// <summary>Hashes a text's UTF-8 bytes.</summary>
    /// <param name="text">The text.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Sha256(string text) => Specs.Sha256.Hex(Encoding.UTF8.GetBytes(text));

    private static string Quantizer(MatrixGroup group, string space)
    {
        MatrixSpec m = group.Settings;
        string comma = "," + space;
        string bits = string.Join(comma, m.GroupBits.Select(b => b.ToString(CultureInfo.InvariantCulture)));
        string[] members =
        {
            $"\"storage\":{space}\"{SpecNames.Of(m.Storage)}\"",
            Number("bits", m.Bits),
            Number("group_count", m.GroupCount),
            Number("group_size", m.GroupSize),
            $"\"mapping\":{space}\"{SpecNames.Of(m.Mapping)}\"",
            $"\"group_bits\":{space}[{bits}]",
            $"\"matrices\":{space}[{string.Join(comma, group.Patterns.Select(pattern => "\"" + pattern + "\""))}]",
        };
        return "{" + string.Join(comma, members) + "}";

        string Number(string key, int value) => FormattableString.Invariant($"\"{key}\":{space}{value}");
    }

    // The shortest of 15 to 17 digits that reads back: the same text on every runtime, which "R" does not promise on .NET Framework.
    // Both zeros are equal, so they have one text.
    private static string Real(double value) => value == 0 ? "0" : new[] { "G15", "G16", "G17" }
        .Select(format => value.ToString(format, CultureInfo.InvariantCulture))
        .First(text => double.Parse(text, CultureInfo.InvariantCulture).Equals(value));
}
