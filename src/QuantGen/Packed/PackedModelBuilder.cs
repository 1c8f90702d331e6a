using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QuantGen.Checkpoints;
using QuantGen.Specs;

namespace QuantGen.Packed;

/// <summary>Puts a packed model together, tensor by tensor.</summary>
/// <remarks>The model decides names, types and shapes. The result went through the same checks as a file that is opened.</remarks>
public sealed class PackedModelBuilder
{
    private static readonly JsonWriterOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ModelSpec _spec;
    private readonly PackedFileLayout _layout;
    private readonly Dictionary<string, (ReadOnlyMemory<float> Floats, ReadOnlyMemory<byte> Bytes)> _data = new(StringComparer.Ordinal);

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
            throw new ArgumentException($"Tensor '{tooLong.Name}' of this model has {tooLong.Bytes} bytes, and at most {int.MaxValue} fit into a span.", nameof(spec));
        }
    }

    /// <summary>Gets or sets the SHA-256 of the source checkpoint, 64 lower-case hexadecimal digits. Default all zeros: no checkpoint.</summary>
    public string SourceSha256 { get; set; } = new('0', 64);

    /// <summary>Gets or sets the labels in the order of the head's outputs. Default none.</summary>
    public IReadOnlyList<string> Labels { get; set; } = [];

    /// <summary>Gets or sets the tokenizer's options as JSON text. Default an empty object.</summary>
    public string TokenizerJson { get; set; } = "{}";

    /// <summary>Adds an F32 tensor; the values are read when the model is built.</summary>
    /// <param name="name">The full name, such as <c>pooler.dense.scales</c>.</param>
    /// <param name="values">The elements in row-major order, as many as the model's shape has.</param>
    /// <exception cref="ArgumentException">The model has no such F32 tensor, or one of another length, or it was added before.</exception>
    public void AddFloats(string name, ReadOnlyMemory<float> values)
    {
        RequireTensor(name, isFloat: true, values.Length);
        _data.Add(name, (values, default));
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

        _data.Add(name, (default, values));
    }

    /// <summary>Makes the packed model in memory.</summary>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="ModelFormatException">A tensor is missing, or a value is not legal.</exception>
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
        writer.AddMetadata(PackedMetadata.SourceHashKey, SourceSha256);
        writer.AddMetadata(PackedMetadata.LabelsKey, LabelsJson());
        writer.AddMetadata(PackedMetadata.TokenizerKey, TokenizerJson);
        foreach (FileTensor tensor in _layout.Tensors)
        {
            AddTo(writer, tensor);
        }

        ReadOnlyMemory<byte> vocabulary = _data[PackedLayout.Vocabulary].Bytes;
        writer.AddBytes(PackedLayout.Vocabulary, [vocabulary.Length], vocabulary);
        return Sealed(writer);
    }

    /// <summary>Adds checksums to a file that lacks only those, and seals its header.</summary>
    internal static byte[] Sealed(SafetensorsWriter writer)
    {
        writer.AddMetadata(PackedMetadata.ChecksumsKey, Json(json =>
        {
            json.WriteStartObject();
            writer.ForEach((name, data) => json.WriteString(name, TensorChecksum.Text(data)));
            json.WriteEndObject();
        }));
        byte[] header = writer.BuildHeader();
        HeaderSeal.Apply(header);
        long length = header.Length;
        writer.ForEach((_, data) => length += data.Length);
        byte[] bytes = new byte[checked((int)length)];
        using var stream = new MemoryStream(bytes);
        writer.Write(stream, header);
        return bytes;
    }

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
        if (tensor.IsFloat)
        {
            writer.AddFloats(tensor.Name, shape, Joined(tensor, name => _data[name].Floats));
        }
        else
        {
            writer.AddBytes(tensor.Name, shape, Joined(tensor, name => _data[name].Bytes));
        }
    }

    private static ReadOnlyMemory<T> Joined<T>(FileTensor tensor, Func<string, ReadOnlyMemory<T>> data)
    {
        if (tensor.Members.Count == 1)
        {
            return data(tensor.Members[0].Name);
        }

        var joined = new T[tensor.Count];
        int position = 0;
        foreach (ReadOnlyMemory<T> part in tensor.Members.Select(member => data(member.Name)))
        {
            part.CopyTo(joined.AsMemory(position));
            position += part.Length;
        }

        return joined;
    }

    private void RequireTensor(string name, bool isFloat, int count)
    {
        TensorSpec tensor = _layout.Model.FirstOrDefault(tensor => tensor.Name == name && tensor.IsFloat == isFloat)
            ?? throw new ArgumentException($"The model has no {(isFloat ? "F32" : "U8")} tensor '{name}'.", nameof(name));
        if (tensor.Count != count)
        {
            throw new ArgumentException($"Tensor '{name}' has {tensor.Count} elements, not {count}.", nameof(name));
        }
    }
}
