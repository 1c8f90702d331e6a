using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QuantGen.Checkpoints;
using QuantGen.Sentences;
using QuantGen.Specs;

namespace QuantGen.Packed;

/// <summary>Puts a packed model together, tensor by tensor.</summary>
/// <remarks>The model decides names, types and shapes. The result went through the same checks as a file that is opened.</remarks>
public sealed class PackedModelBuilder
{
    private static readonly JsonWriterOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ModelSpec _spec;
    private PackedFileLayout _layout;
    private SentenceEncoding? _sentence;
    private EnsembleSpec? _ensemble;
    private readonly Dictionary<string, TensorPart> _data = new(StringComparer.Ordinal);

    /// <summary>Starts a packed model.</summary>
    /// <param name="spec">The model it is for.</param>
    /// <exception cref="ArgumentException">A tensor of the file would be too long for a span.</exception>
    public PackedModelBuilder(ModelSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        _spec = spec;
        _layout = PackedFileLayout.Of(spec);
        if (_layout.Tensors.FirstOrDefault(tensor => tensor.Bytes > int.MaxValue) is FileTensor tooLong)
        {
            throw new ArgumentException(
                $"Tensor '{tooLong.Name}' of this model has {tooLong.Bytes} bytes, and at most {int.MaxValue} fit into a span.", nameof(spec));
        }
    }

    /// <summary>Gets or sets the SHA-256 of the source checkpoint, 64 lower-case hexadecimal digits. Default all zeros: no checkpoint.</summary>
    public string SourceSha256 { get; set; } = new('0', 64);

    /// <summary>Gets or sets how the codes were found, for readers. Default a new recipe.</summary>
    public Recipe Recipe { get; set; } = new();

    /// <summary>Gets or sets the labels in the order of the head's outputs. Default none.</summary>
    public IReadOnlyList<string> Labels { get; set; } = [];

    /// <summary>Gets or sets what the head's outputs go through. Default <see cref="OutputActivation.Usual"/>.</summary>
    public OutputActivation OutputActivation { get; set; }

    /// <summary>Gets or sets the tokenizer's options as JSON text. Default an empty object.</summary>
    public string TokenizerJson { get; set; } = "{}";

    /// <summary>Adds an F32 tensor; the values are read when the model is built.</summary>
    /// <param name="name">The full name, such as <c>pooler.dense.scales</c>.</param>
    /// <param name="values">The elements in row-major order, as many as the model's shape has.</param>
    /// <exception cref="ArgumentException">The model has no such F32 tensor, or one of another length, or it was added before.</exception>
    public void AddFloats(string name, ReadOnlyMemory<float> values)
    {
        RequireTensor(name, isFloat: true, values.Length);
        _data.Add(name, new TensorPart(checked(values.Length * sizeof(float)), target => MemoryMarshal.AsBytes(values.Span).CopyTo(target)));
    }

    /// <summary>Adds an F32 tensor that is read into its place when the model is built, so that it is nowhere else in memory.</summary>
    /// <param name="name">The full name, such as <c>pooler.dense.weight</c>.</param>
    /// <param name="read">Writes the elements in row-major order, as many as the span has; may run on any thread, at the same time as others.</param>
    /// <exception cref="ArgumentException">The model has no such F32 tensor, or it was added before.</exception>
    public void AddFloats(string name, Action<Span<float>> read)
    {
        TensorSpec tensor = RequireTensor(name, isFloat: true);
        _data.Add(name, new TensorPart((int)tensor.Bytes, target => read(MemoryMarshal.Cast<byte, float>(target))));
    }

    /// <summary>Adds a U8 tensor; the values are read when the model is built.</summary>
    /// <param name="name">The full name, such as <c>pooler.dense.codes</c>, or <c>vocabulary</c>, whose length is free.</param>
    /// <param name="values">The elements in row-major order, as many as the model's shape has.</param>
    /// <exception cref="ArgumentException">The model has no such U8 tensor, or one of another length, or it was added before.</exception>
    public void AddBytes(string name, ReadOnlyMemory<byte> values)
    {
        if (name != PackedLayout.Vocabulary)
        {
            RequireTensor(name, isFloat: false, values.Length);
        }

        _data.Add(name, new TensorPart(values.Length, target => values.Span.CopyTo(target)));
    }

    /// <summary>Adds how a sentence encoder makes vectors, with the weights of its dense layers.</summary>
    /// <param name="head">What turns hidden states into a vector.</param>
    /// <exception cref="ArgumentException">The model has a head of its own, or another hidden size.</exception>
    public void AddSentence(SentenceHead head)
    {
        ArgumentNullException.ThrowIfNull(head);
        if (_spec.Head is not (BertHead.Encoder or BertHead.Embedding) || head.HiddenSize != _spec.Dimensions.HiddenSize)
        {
            throw new ArgumentException(
                $"A model with the head {_spec.Head} and a hidden size of {_spec.Dimensions.HiddenSize} makes no such vectors.", nameof(head));
        }

        _sentence = head.Encoding;
        _layout = PackedFileLayout.Of(_spec, _sentence);
        for (int i = 0; i < _sentence.Layers.Count; i++)
        {
            AddFloats(SentenceTensors.Weight(i), head.Weights(i));
            if (_sentence.Layers[i].HasBias)
            {
                AddFloats(SentenceTensors.Bias(i), head.Biases(i));
            }
        }
    }

    /// <summary>Makes the model the first member of an ensemble whose others have the same description and tokenizer.</summary>
    /// <param name="others">
    /// The other members, with all tensors; those before the first layer, and of layers that are shared (<see cref="PackedLayout.IsShared"/>), are this one's.
    /// </param>
    /// <param name="votes">What each member's vote weighs, this one's first; above 0.</param>
    /// <param name="sharedLayers">How many layers, from the first on, are this one's for all; fewer than the model has. Default none.</param>
    /// <exception cref="ArgumentException">A member has another description, there is not one vote for each, or the model has no such layers.</exception>
    public void AddMembers(IReadOnlyList<PackedModelBuilder> others, IReadOnlyList<double> votes, int sharedLayers = 0)
    {
        ArgumentNullException.ThrowIfNull(others);
        ArgumentNullException.ThrowIfNull(votes);
        if (others.Any(other => other._spec != _spec) || votes.Count != others.Count + 1)
        {
            throw new ArgumentException($"{others.Count} members of the same description need {others.Count + 1} votes, not {votes.Count}.", nameof(others));
        }

        if (EnsembleSpec.Defect(_spec, sharedLayers) is string defect)
        {
            throw new ArgumentException(defect, nameof(sharedLayers));
        }

        _ensemble = new EnsembleSpec(new(votes), sharedLayers);
        _layout = PackedFileLayout.Of(_spec, _sentence, _ensemble);
        for (int i = 0; i < others.Count; i++)
        {
            foreach ((string name, TensorPart values) in others[i]._data.Where(tensor => _layout.Has(PackedNames.Member(i + 1) + tensor.Key)))
            {
                _data.Add(PackedNames.Member(i + 1) + name, values);
            }
        }
    }

    /// <summary>Makes the packed model in memory.</summary>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="ModelFormatException">A tensor is missing or cannot be read, or a value is not legal.</exception>
    public PackedModel Build(string name = "packed model") => PackedModel.Read(ToBytes(name), name);

    /// <summary>Makes the packed model, checks it and writes it to disk through a temporary file, a flush and a rename.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <exception cref="ModelFormatException">A tensor is missing, or a value is not legal; nothing was written.</exception>
    public void Save(string path)
    {
        using PackedModel model = Build(path);
        model.Save(path);
    }

    /// <summary>Writes the file without checking values.</summary>
    internal byte[] ToBytes(string name = "packed model")
    {
        RequireAll(name);
        var writer = new SafetensorsWriter();
        writer.AddMetadata(PackedMetadata.FormatKey, PackedMetadata.Format);
        writer.AddMetadata(PackedMetadata.VersionKey, PackedMetadata.FormatVersion);
        writer.AddMetadata(HeaderSeal.Key, HeaderSeal.Blank);
        string spec = _spec.CanonicalJson;
        writer.AddMetadata(PackedMetadata.SpecHashKey, SpecJson.Sha256(spec));
        writer.AddMetadata(PackedMetadata.SpecKey, spec);
        writer.AddMetadata(PackedMetadata.RecipeKey, RecipeJson.Write(Recipe));
        writer.AddMetadata(PackedMetadata.SourceHashKey, SourceSha256);
        writer.AddMetadata(PackedMetadata.LabelsKey, LabelsJson());
        writer.AddMetadata(PackedMetadata.TokenizerKey, TokenizerJson);
        if (OutputActivation != OutputActivation.Usual)
        {
            writer.AddMetadata(PackedMetadata.ActivationKey, SpecNames.Of(OutputActivation));
        }

        if (_sentence is not null)
        {
            writer.AddMetadata(PackedMetadata.SentenceKey, SentenceJson.Write(_sentence));
        }

        if (_ensemble is not null)
        {
            writer.AddMetadata(PackedMetadata.EnsembleKey, EnsembleJson.Write(_ensemble));
        }

        foreach (FileTensor tensor in _layout.Tensors)
        {
            AddTo(writer, tensor);
        }

        TensorPart vocabulary = _data[PackedLayout.Vocabulary];
        writer.Add(PackedLayout.Vocabulary, SafetensorsDType.U8, [vocabulary.Length], [vocabulary]);
        return Sealed(writer);
    }

    /// <summary>Adds checksums to a file that lacks only those, and seals its header.</summary>
    internal static byte[] Sealed(SafetensorsWriter writer)
    {
        // Checksums have a fixed length: the data is made once, where it stays, and the header follows.
        writer.SetMetadata(PackedMetadata.ChecksumsKey, ChecksumsJson(writer, _ => TensorChecksum.Blank));
        byte[] bytes = writer.ToBytes(writer.BuildHeader());
        using (SafetensorsFile file = SafetensorsFile.Read(bytes, "packed model"))
        {
            byte[] checksums = TensorChecksum.OfAll(file, Environment.ProcessorCount);
            Dictionary<string, string> texts = [];
            for (int i = 0; i < file.Tensors.Count; i++)
            {
                texts.Add(file.Tensors[i].Name, Convert.ToHexStringLower(checksums, i * TensorChecksum.Length, TensorChecksum.Length));
            }

            writer.SetMetadata(PackedMetadata.ChecksumsKey, ChecksumsJson(writer, name => texts[name]));
        }

        byte[] header = writer.BuildHeader();
        HeaderSeal.Apply(header);
        header.CopyTo(bytes, 0);
        return bytes;
    }

    private static string ChecksumsJson(SafetensorsWriter writer, Func<string, string> text) => Json(json =>
    {
        json.WriteStartObject();
        foreach (string name in writer.Names)
        {
            json.WriteString(name, text(name));
        }

        json.WriteEndObject();
    });

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_compact))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private string LabelsJson() => Json(json =>
    {
        json.WriteStartArray();
        foreach (string label in Labels)
        {
            json.WriteStringValue(label);
        }

        json.WriteEndArray();
    });

    private void RequireAll(string file)
    {
        var differences = new TensorDifferences();
        foreach (string name in _layout.Model.Select(tensor => tensor.Name).Append(PackedLayout.Vocabulary).Where(name => !_data.ContainsKey(name)))
        {
            differences.AddMissing(name);
        }

        differences.ThrowIfAny(file, _layout.Model.Count + 1);
    }

    private void AddTo(SafetensorsWriter writer, FileTensor tensor)
    {
        int[] shape = [.. tensor.Shape.Select(n => (int)n)];
        writer.Add(tensor.Name, tensor.DType, shape, [.. tensor.Members.Select(member => _data[member.Name])]);
    }

    private void RequireTensor(string name, bool isFloat, int count)
    {
        TensorSpec tensor = RequireTensor(name, isFloat);
        if (tensor.Count != count)
        {
            throw new ArgumentException($"Tensor '{name}' has {tensor.Count} elements, not {count}.", nameof(name));
        }
    }

    private TensorSpec RequireTensor(string name, bool isFloat) => _layout.Model.FirstOrDefault(tensor => tensor.Name == name && tensor.IsFloat == isFloat)
        ?? throw new ArgumentException($"The model has no {(isFloat ? "F32" : "U8")} tensor '{name}'.", nameof(name));
}
