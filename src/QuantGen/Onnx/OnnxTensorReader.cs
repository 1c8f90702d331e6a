using System.Buffers.Binary;
using System.Globalization;
using QuantGen.Checkpoints;
using QuantGen.Files;

namespace QuantGen.Onnx;

/// <summary>Reads TensorProto: its bytes stay where they are in the model, or in a file beside it.</summary>
/// <param name="file">The model, for messages.</param>
/// <param name="model">Its bytes.</param>
internal sealed class OnnxTensorReader(string file, FileBytes model) : IDisposable
{
    private const int MaxRank = SafetensorsHeader.MaxRank;
    private const int MaxEntries = 16;

    // By the numbers of TensorProto.DataType.
    private static readonly SafetensorsDType?[] s_types =
    [
        null, SafetensorsDType.F32, SafetensorsDType.U8, SafetensorsDType.I8, SafetensorsDType.U16, SafetensorsDType.I16, SafetensorsDType.I32,
        SafetensorsDType.I64, null, SafetensorsDType.Bool, SafetensorsDType.F16, SafetensorsDType.F64, SafetensorsDType.U32, SafetensorsDType.U64, null, null,
        SafetensorsDType.BF16,
    ];

    private readonly Dictionary<string, FileBytes> _external = new(StringComparer.Ordinal);

    /// <summary>Reads a tensor.</summary>
    /// <param name="reader">Its fields.</param>
    /// <param name="nameOfValue">Its name, where another message says it.</param>
    public OnnxTensor Read(ProtobufReader reader, string? nameOfValue = null)
    {
        var shape = new List<long>();
        var data = new List<byte>();
        var numbers = new List<long>();
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        (long type, string name, bool isExternal, long rawOffset, int rawLength) = (0, nameOfValue ?? string.Empty, false, -1, 0);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: reader.AddNumbers(shape, MaxRank); break;
                case 2: type = reader.Number(); break;
                case 4 or 10: reader.AddFixed(data); break;
                case 5 or 7 or 11: reader.AddNumbers(numbers, int.MaxValue); break;
                case 8: name = nameOfValue ?? reader.Text(); break;
                case 9: (rawOffset, rawLength) = (reader.ChunkOffset, reader.Bytes().Length); break;
                case 13 when entries.Count < MaxEntries: AddEntry(reader.Message(), entries); break;
                case 14: isExternal = reader.Number() == 1; break;
            }
        }

        SafetensorsDType? dtype = type >= 0 && type < s_types.Length ? s_types[type] : null;
        long bytes = Size(name, shape, dtype?.Size() ?? 1);
        if (dtype is not SafetensorsDType known)
        {
            return new OnnxTensor(name, null, [.. shape], model, 0);
        }

        (FileBytes source, long offset, long length) = isExternal ? External(name, entries, bytes)
            : rawOffset >= 0 ? (model, rawOffset, rawLength)
            : InMemory(data, numbers, known.Size());
        return length == bytes
            ? new OnnxTensor(name, dtype, [.. shape], source, offset)
            : throw Defect(name, $"{bytes} bytes, as its shape {SafetensorsTensor.ShapeText(shape)} says", $"{length}");
    }

    /// <summary>Closes the files beside the model.</summary>
    public void Dispose()
    {
        foreach (FileBytes external in _external.Values)
        {
            external.Dispose();
        }
    }

    private static void AddEntry(ProtobufReader reader, Dictionary<string, string> entries)
    {
        (string key, string value) = (string.Empty, string.Empty);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: key = reader.Text(); break;
                case 2: value = reader.Text(); break;
            }
        }

        entries[key] = value;
    }

    // Numbers in fields of their own: floats already have their bytes, whole numbers (and the bits of short floats) are cut to their size.
    private static (FileBytes Source, long Offset, long Length) InMemory(List<byte> data, List<long> numbers, int size)
    {
        if (numbers.Count > 0)
        {
            Span<byte> bytes = stackalloc byte[8];
            foreach (long number in numbers)
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
                data.AddRange(bytes[..size]);
            }
        }

        return (new FileBytes(data.ToArray()), 0, data.Count);
    }

    private (FileBytes Source, long Offset, long Length) External(string name, Dictionary<string, string> entries, long bytes)
    {
        string location = entries.GetValueOrDefault("location", string.Empty);
        if (location is "" or "." or ".." || location.IndexOfAny(['/', '\\', ':', '\0']) >= 0 || Path.GetDirectoryName(file) is not string folder)
        {
            // A model must not be able to make us open files elsewhere.
            throw Defect(name, "the name of a file beside the model", $"'{location}'");
        }

        if (!_external.TryGetValue(location, out FileBytes? source))
        {
            string path = Path.Combine(folder, location);
            source = File.Exists(path) ? new FileBytes(path) : throw Defect(name, $"the file '{location}' beside the model", "no such file");
            _external.Add(location, source);
        }

        long offset = Entry(name, entries, "offset", 0);
        long length = Entry(name, entries, "length", bytes);
        return offset <= source.Length - length
            ? (source, offset, length)
            : throw Defect(name, $"{length} bytes at {offset} of '{location}'", $"a file of {source.Length} bytes");
    }

    private long Entry(string name, Dictionary<string, string> entries, string key, long absent)
    {
        string text = entries.GetValueOrDefault(key, string.Empty);
        return text.Length == 0 ? absent
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value
            : throw Defect(name, $"a whole number as {key}", $"'{text}'");
    }

    private long Size(string name, List<long> shape, int size)
    {
        long bytes = size;
        foreach (long dimension in shape)
        {
            if (dimension < 0 || (dimension > 0 && bytes > int.MaxValue / dimension))
            {
                throw Defect(name, $"a shape of at most {int.MaxValue} bytes", SafetensorsTensor.ShapeText(shape));
            }

            bytes *= dimension;
        }

        return bytes;
    }

    private ModelFormatException Defect(string name, string expected, string found) => new(file, $"tensor '{name}'", expected, found);
}
