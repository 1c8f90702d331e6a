using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QuantGen.Specs;

namespace QuantGen.Cli.Compilation;

/// <summary>A model written down as a user would write it: an annotated class, a <c>config.json</c> and, where matrices differ, a plan.</summary>
/// <param name="ClassText">The source file with the class.</param>
/// <param name="Config">The text of <see cref="ConfigName"/>.</param>
/// <param name="Plan">The text of <see cref="PlanName"/>; null when the attribute says it all.</param>
internal sealed record ModelSource(string ClassText, string Config, string? Plan)
{
    public const string ConfigName = "config.json";
    public const string PlanName = "plan.json";

    // People read these files.
    private static readonly JsonWriterOptions s_readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a model down.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="labels">The labels in the order of the head's outputs; empty where there are none.</param>
    /// <param name="target">Names and bounds.</param>
    public static ModelSource Of(ModelSpec spec, IReadOnlyList<string> labels, CompilationTarget target)
    {
        bool isUniform = spec.Matrices.All(
            matrix => matrix with { Name = "", Rows = 0, Columns = 0 } == spec.Matrices[0] with { Name = "", Rows = 0, Columns = 0 });
        bool needsPlan = !isUniform || spec.Matrices[0].IsMixed || spec.Matrices[0].GroupClipping.Count > 0;
        return new ModelSource(ClassOf(spec, target, needsPlan), ConfigOf(spec, labels), needsPlan ? PlanOf(spec) : null);
    }

    private static string ClassOf(ModelSpec spec, CompilationTarget target, bool needsPlan)
    {
        MatrixSpec first = spec.Matrices[0];
        var arguments = new List<string> { Number("bits: ", needsPlan ? 8 : first.Bits) };
        if (!needsPlan && first.GroupCount > 1)
        {
            arguments.Add(Number("groups: ", first.GroupCount));
        }

        if (!needsPlan && first.GroupSize > 0)
        {
            arguments.Add(Number("GroupSize = ", first.GroupSize));
        }

        arguments.Add($"Config = \"{ConfigName}\"");
        if (needsPlan)
        {
            arguments.Add($"Plan = \"{PlanName}\"");
        }
        else if (first.IsQuantized)
        {
            arguments.Add($"Mapping = Mapping.{first.Mapping}");
            arguments.Add($"Clipping = Clipping.{first.Clipping}");
        }

        Scheme scheme = needsPlan ? Scheme.Linear : first.Scheme;
        if (scheme != Scheme.Linear)
        {
            arguments.Add($"Scheme = Scheme.{scheme}");
        }

        arguments.Add(Number("EmbeddingBits = ", spec.EmbeddingBits));
        if (spec.EmbeddingBits != 32 && spec.EmbeddingScheme != scheme)
        {
            arguments.Add($"EmbeddingScheme = Scheme.{spec.EmbeddingScheme}");
        }

        if (spec.Matrices.Any(matrix => matrix.HasIntegerProduct) && spec.ActivationBits != 8)
        {
            arguments.Add(Number("ActivationBits = ", spec.ActivationBits));
        }

        if (spec.HasQuantizedAttention)
        {
            arguments.Add(Number("AttentionBits = ", spec.AttentionBits));
        }

        arguments.Add($"ActivationRange = ActivationRange.{spec.ActivationRange}");
        arguments.Add($"Head = BertHead.{spec.Head}");
        arguments.Add(Number("MaxSequenceLength = ", target.MaxSequenceLength));
        arguments.Add(Number("MaxBatchTokens = ", target.MaxBatchTokens));
        if (target.Training)
        {
            arguments.Add("Training = true");
        }

        return $"""
            using QuantGen;

            namespace {target.Namespace};

            [QuantizedBert(
                {string.Join(",\n    ", arguments)})]
            public sealed partial class {target.ClassName};

            """.Replace("\r\n", "\n");
    }

    private static string ConfigOf(ModelSpec spec, IReadOnlyList<string> labels) => Json(json =>
    {
        ModelConfig d = spec.Dimensions;
        bool isAlbert = d.Architecture == BertArchitecture.Albert;
        json.WriteString("model_type", isAlbert ? "albert" : "bert");
        json.WriteNumber("num_hidden_layers", d.Layers);
        json.WriteNumber("hidden_size", d.HiddenSize);
        if (isAlbert)
        {
            json.WriteNumber("embedding_size", d.EmbeddingSize);
        }

        json.WriteNumber("num_attention_heads", d.Heads);
        json.WriteNumber("intermediate_size", d.IntermediateSize);
        json.WriteNumber("vocab_size", d.VocabularySize);
        json.WriteNumber("max_position_embeddings", d.MaxPositions);
        json.WriteNumber("type_vocab_size", d.TypeVocabularySize);
        json.WriteString("hidden_act", d.HiddenActivation == HiddenActivation.GeluNew ? "gelu_new" : "gelu");
        json.WriteNumber("layer_norm_eps", d.LayerNormEpsilon);
        json.WriteStartObject("id2label");
        for (int i = 0; spec.HasOutputLayer && i < spec.OutputCount; i++)
        {
            json.WriteString(i.ToString(CultureInfo.InvariantCulture), labels.Count == spec.OutputCount ? labels[i] : Number("LABEL_", i));
        }

        json.WriteEndObject();
    });

    // Every matrix by its name, so that nothing is left to the defaults of the attribute.
    private static string PlanOf(ModelSpec spec) => Json(json =>
    {
        json.WriteStartObject("matrices");
        foreach (MatrixSpec matrix in spec.Matrices)
        {
            json.WriteStartObject(matrix.Name);
            json.WriteNumber("bits", matrix.Bits);
            if (matrix.IsQuantized)
            {
                json.WriteString("scheme", SpecNames.Of(matrix.Scheme));
                json.WriteNumber("groups", matrix.GroupCount);
                json.WriteNumber("group_size", matrix.GroupSize);
                json.WriteString("mapping", SpecNames.Of(matrix.Mapping));
                json.WriteString("clipping", SpecNames.Of(matrix.Clipping));
            }

            if (matrix.GroupClipping.Count > 0)
            {
                json.WriteStartArray("group_clipping");
                foreach (int clipping in matrix.GroupClipping)
                {
                    json.WriteStringValue(SpecNames.Of((Clipping)clipping));
                }

                json.WriteEndArray();
            }

            if (matrix.IsMixed)
            {
                json.WriteStartArray("group_bits");
                foreach (int bits in matrix.GroupBits)
                {
                    json.WriteNumberValue(bits);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    });

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_readable))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()).Replace("\r\n", "\n") + "\n";
    }

    private static string Number(string before, int value) => before + value.ToString(CultureInfo.InvariantCulture);
}
