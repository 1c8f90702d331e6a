using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using QuantGen.Files;

namespace QuantGen.Checkpoints;

/// <summary>Writes a safetensors file; the same calls in the same order give the same bytes.</summary>
/// <remarks>
/// Tensors follow each other without gaps, as the format demands. Those with larger elements come first, and the header
/// is padded so that the data starts on a multiple of 64 bytes; so every tensor is aligned to its own element size.
/// </remarks>
public sealed class SafetensorsWriter
{
    private const int DataAlignment = 64;
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<Entry> _entries = [];

    /// <summary>Adds an entry of <c>__metadata__</c>.</summary>
    /// <param name="key">A name not used before.</param>
    /// <param name="value">Any text.</param>
    public void AddMetadata(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _metadata.Add(key, value);
    }

    /// <summary>Adds an F32 tensor. The values are read when the file is written.</summary>
    /// <param name="name">A name not used before.</param>
    /// <param name="shape">Dimensions, outermost first, whose product is the number of values.</param>
    /// <param name="values">The elements in row-major order.</param>
    public void AddFloats(string name, ReadOnlySpan<int> shape, ReadOnlyMemory<float> values)
        => Add(
            name, SafetensorsDType.F32, shape,
            [new TensorPart(checked(values.Length * sizeof(float)), target => MemoryMarshal.AsBytes(values.Span).CopyTo(target))]);

    /// <summary>Adds a U8 tensor. The values are read when the file is written.</summary>
    /// <param name="name">A name not used before.</param>
    /// <param name="shape">Dimensions, outermost first, whose product is the number of values.</param>
    /// <param name="values">The elements in row-major order.</param>
    public void AddBytes(string name, ReadOnlySpan<int> shape, ReadOnlyMemory<byte> values)
        => Add(name, SafetensorsDType.U8, shape, [new TensorPart(values.Length, target => values.Span.CopyTo(target))]);

    /// <summary>Adds an I8 tensor. The values are read when the file is written.</summary>
    /// <param name="name">A name not used before.</param>
    /// <param name="shape">Dimensions, outermost first, whose product is the number of values.</param>
    /// <param name="values">The elements in row-major order.</param>
    public void AddSignedBytes(string name, ReadOnlySpan<int> shape, ReadOnlyMemory<sbyte> values)
        => Add(name, SafetensorsDType.I8, shape, [new TensorPart(values.Length, target => MemoryMarshal.AsBytes(values.Span).CopyTo(target))]);

    /// <summary>Writes the file to a stream.</summary>
    /// <param name="stream">Takes the bytes from its current position on.</param>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Write(stream, BuildHeader());
    }

    /// <summary>Writes the file to disk through a temporary file, a flush and a rename.</summary>
    /// <param name="path">The file to create or replace.</param>
    public void Save(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes a header made by <see cref="BuildHeader"/>, then the data.</summary>
    internal void Write(Stream stream, ReadOnlySpan<byte> header)
    {
        stream.Write(header);
        foreach (TensorPart part in InFileOrder().SelectMany(entry => entry.Parts))
        {
            byte[] bytes = ArrayPool<byte>.Shared.Rent(part.Length);
            part.Fill(bytes.AsSpan(0, part.Length));
            stream.Write(bytes, 0, part.Length);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Makes the whole file in memory; parts of tensors are filled at the same time.</summary>
    internal byte[] ToBytes(ReadOnlySpan<byte> header)
    {
        TensorPart[] parts = [.. InFileOrder().SelectMany(entry => entry.Parts)];
        int[] starts = new int[parts.Length];
        int length = header.Length;
        for (int i = 0; i < parts.Length; i++)
        {
            starts[i] = length;
            length = checked(length + parts[i].Length);
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>(length);
        header.CopyTo(bytes);
        LoadLoop.Run(Environment.ProcessorCount, parts.Length, i => parts[i].Fill(bytes.AsSpan(starts[i], parts[i].Length)));
        return bytes;
    }

    /// <summary>Changes an entry of <c>__metadata__</c>, or adds it.</summary>
    internal void SetMetadata(string key, string value) => _metadata[key] = value;

    /// <summary>Gets the names of the tensors in the order of the file.</summary>
    internal IEnumerable<string> Names => InFileOrder().Select(entry => entry.Name);

    /// <summary>Makes the bytes before the first tensor: the length field and the padded header text.</summary>
    internal byte[] BuildHeader()
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Advance(WriteLengthPlaceholder(buffer));
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            WriteMetadata(json);
            WriteTensors(json);
            json.WriteEndObject();
        }

        int length = (buffer.WrittenCount + DataAlignment - 1) / DataAlignment * DataAlignment;
        byte[] header = new byte[length];
        header.AsSpan().Fill((byte)' ');
        buffer.WrittenSpan.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header, length - sizeof(long));
        return header;
    }

    private static int WriteLengthPlaceholder(ArrayBufferWriter<byte> buffer)
    {
        buffer.GetSpan(sizeof(long))[..sizeof(long)].Clear();
        return sizeof(long);
    }

    /// <summary>Adds a tensor that consists of parts, one after the other.</summary>
    internal void Add(string name, SafetensorsDType dtype, ReadOnlySpan<int> shape, TensorPart[] parts)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        long product = 1;
        foreach (int dimension in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension);
            product = checked(product * dimension);
        }

        var entry = new Entry(name, dtype, shape.ToArray(), parts);
        if (product * dtype.Size() != entry.Length)
        {
            throw new ArgumentException(
                $"Tensor '{name}' of shape {SafetensorsTensor.ShapeText(entry.Shape)} needs {product} values, not {entry.Length / dtype.Size()}.");
        }

        if (!_names.Add(name))
        {
            throw new ArgumentException($"Tensor '{name}' was added before.");
        }

        _entries.Add(entry);
    }

    private IEnumerable<Entry> InFileOrder() => _entries.OrderByDescending(entry => entry.DType.Size());

    private void WriteMetadata(Utf8JsonWriter json)
    {
        if (_metadata.Count == 0)
        {
            return;
        }

        json.WriteStartObject("__metadata__");
        foreach ((string key, string value) in _metadata)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private void WriteTensors(Utf8JsonWriter json)
    {
        long position = 0;
        foreach (Entry entry in InFileOrder())
        {
            json.WriteStartObject(entry.Name);
            json.WriteString("dtype", entry.DType.Name());
            json.WriteStartArray("shape");
            foreach (int dimension in entry.Shape)
            {
                json.WriteNumberValue(dimension);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(position);
            position += entry.Length;
            json.WriteNumberValue(position);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private sealed record Entry(string Name, SafetensorsDType DType, int[] Shape, TensorPart[] Parts)
    {
        public long Length => Parts.Sum(part => (long)part.Length);
    }
}
