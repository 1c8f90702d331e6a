using System.Runtime.InteropServices;
using System.Text;

namespace QuantGen.Tests.Onnx;

/// <summary>Where a test's model keeps the numbers of its tensors.</summary>
public enum OnnxData
{
    /// <summary>As bytes.</summary>
    Raw,

    /// <summary>In the field of the type, packed.</summary>
    Fields,

    /// <summary>In a file beside the model.</summary>
    External,
}

/// <summary>Writes ONNX models: the wire format of Protocol Buffers and the few messages that a graph needs.</summary>
internal sealed class OnnxWriter
{
    private readonly List<byte> _graph = [];
    private readonly List<byte> _external = [];
    private int _values;

    /// <summary>Gets or sets where numbers are kept.</summary>
    public OnnxData Data { get; set; }

    /// <summary>Gets or sets whether floats are stored with 16 bits.</summary>
    public bool IsHalf { get; set; }

    /// <summary>Gets the bytes of the file beside the model.</summary>
    public byte[] External => [.. _external];

    /// <summary>Gets a name for a value that has none.</summary>
    public string NewValue() => $"onnx::{_values++}";

    /// <summary>Adds an input of the graph.</summary>
    public string Input(string name)
    {
        _graph.AddRange(Chunk(11, Text(1, name)));
        return name;
    }

    /// <summary>Adds a tensor of floats.</summary>
    public string Floats(string name, int[] shape, float[] values)
    {
        _graph.AddRange(Chunk(5, FloatTensor(name, shape, values)));
        return name;
    }

    /// <summary>Adds a tensor of whole numbers.</summary>
    public string Integers(int[] shape, params long[] values)
    {
        string name = NewValue();
        _graph.AddRange(Chunk(5, [.. Shape(shape), .. Number(2, 7), .. Text(8, name), .. Chunk(9, MemoryMarshal.AsBytes(values.AsSpan()).ToArray())]));
        return name;
    }

    /// <summary>Adds a tensor of any type of the format.</summary>
    public void Tensor(string name, int[] shape, int type, byte[] raw) =>
        _graph.AddRange(Chunk(5, [.. Shape(shape), .. Number(2, type), .. Text(8, name), .. Chunk(9, raw)]));

    /// <summary>Adds a node that makes one number.</summary>
    public string Scalar(float value)
    {
        string output = NewValue();
        byte[] attribute = Chunk(5, [.. Text(1, "value"), .. Chunk(5, [.. Number(2, 1), .. Chunk(9, BitConverter.GetBytes(value))]), .. Number(20, 4)]);
        _graph.AddRange(Chunk(1, [.. Text(2, output), .. Text(4, "Constant"), .. attribute]));
        return output;
    }

    /// <summary>Adds a node of ONNX itself with one output.</summary>
    public string Node(string kind, params string[] inputs) => Node(kind, "", [], inputs);

    /// <summary>Adds a node with one output.</summary>
    /// <param name="kind">Its operator.</param>
    /// <param name="domain">Whose operator that is.</param>
    /// <param name="attributes">Whole numbers, floats, texts or lists of whole numbers by name.</param>
    /// <param name="inputs">What it reads.</param>
    public string Node(string kind, string domain, (string Name, object Value)[] attributes, params string[] inputs) =>
        NodeTo(NewValue(), kind, domain, attributes, inputs);

    /// <summary>Adds a node whose output has a name.</summary>
    public string NodeTo(string output, string kind, string domain, (string Name, object Value)[] attributes, params string[] inputs)
    {
        var node = new List<byte>();
        node.AddRange(inputs.SelectMany(input => Text(1, input)));
        node.AddRange(Text(2, output));
        node.AddRange(Text(3, $"/{kind}_{output}"));
        node.AddRange(Text(4, kind));
        node.AddRange(attributes.SelectMany(attribute => Chunk(5, Attribute(attribute.Name, attribute.Value))));
        node.AddRange(domain.Length > 0 ? Text(7, domain) : []);
        _graph.AddRange(Chunk(1, [.. node]));
        return output;
    }

    /// <summary>Ends the model.</summary>
    public byte[] ToBytes() => [.. Number(1, 7), .. Text(2, "test"), .. Chunk(7, [.. Text(2, "graph"), .. _graph]), .. Chunk(8, Number(2, 17))];

    /// <summary>Writes a field of bytes.</summary>
    public static byte[] Chunk(int field, byte[] bytes) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)bytes.Length), .. bytes];

    /// <summary>Writes a field with a whole number.</summary>
    public static byte[] Number(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    /// <summary>Writes a field with a text.</summary>
    public static byte[] Text(int field, string text) => Chunk(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Attribute(string name, object value) => value switch
    {
        int number => [.. Text(1, name), .. Number(3, number), .. Number(20, 2)],
        float real => [.. Text(1, name), .. Varint((2 << 3) | 5), .. BitConverter.GetBytes(real), .. Number(20, 1)],
        string text => [.. Text(1, name), .. Text(4, text), .. Number(20, 3)],
        int[] numbers => [.. Text(1, name), .. numbers.SelectMany(number => Number(8, number)), .. Number(20, 7)],
        _ => throw new ArgumentException(name),
    };

    private static byte[] Shape(int[] shape) => [.. shape.SelectMany(dimension => Number(1, dimension))];

    private static List<byte> Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return bytes;
    }

    private byte[] FloatTensor(string name, int[] shape, float[] values)
    {
        byte[] head = [.. Shape(shape), .. Number(2, IsHalf ? 10 : 1), .. Text(8, name)];
        Half[] halves = [.. values.Select(value => (Half)value)];
        byte[] bytes = IsHalf ? MemoryMarshal.AsBytes(halves.AsSpan()).ToArray() : MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        switch (Data)
        {
            case OnnxData.Raw:
                return [.. head, .. Chunk(9, bytes)];
            case OnnxData.Fields:
                // 16-bit floats stand as whole numbers.
                return [.. head, .. IsHalf ? Chunk(5, [.. halves.SelectMany(half => Varint(BitConverter.HalfToUInt16Bits(half)))]) : Chunk(4, bytes)];
            default:
                byte[] place = [.. Entry("location", "model.onnx_data"), .. Entry("offset", $"{_external.Count}"), .. Entry("length", $"{bytes.Length}")];
                _external.AddRange(bytes);
                return [.. head, .. place, .. Number(14, 1)];
        }
    }

    /// <summary>Writes an entry that says where a tensor's bytes are.</summary>
    public static byte[] Entry(string key, string value) => Chunk(13, [.. Text(1, key), .. Text(2, value)]);
}
