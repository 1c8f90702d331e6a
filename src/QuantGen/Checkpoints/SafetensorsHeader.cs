using System.Text.Json;

namespace QuantGen.Checkpoints;

/// <summary>Parses the JSON header of a safetensors file, accepting nothing the format does not define.</summary>
/// <remarks>
/// Memory stays in proportion to the header: tensors are counted before anything is allocated for them, and rank, name
/// length and metadata entries are bounded, because two bytes of JSON could otherwise ask for fifty of ours.
/// </remarks>
internal ref struct SafetensorsHeader
{
    internal const int MaxRank = 8;
    internal const int MaxNameLength = 1024;
    internal const int MaxMetadataEntries = 4096;
    private const string MetadataKey = "__metadata__";

    private readonly string _file;
    private readonly long _dataStart;
    private Utf8JsonReader _reader;

    private SafetensorsHeader(string file, ReadOnlySpan<byte> header, long dataStart)
    {
        _file = file;
        _dataStart = dataStart;
        _reader = NewReader(header);
    }

    /// <summary>Parses a header into its tensors, by name, and its metadata.</summary>
    public static (Dictionary<string, SafetensorsTensor> Tensors, Dictionary<string, string> Metadata) Parse(
        string file, ReadOnlySpan<byte> header, long dataStart, int maxTensors)
    {
        try
        {
            int count = CountMembers(file, header);
            if (count > maxTensors)
            {
                throw new ModelFormatException(file, "header", $"at most {maxTensors} members", $"{count}");
            }

            return new SafetensorsHeader(file, header, dataStart).ReadRoot(count);
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            // The reader throws InvalidOperationException for strings that are not valid UTF-8 or UTF-16.
            throw new ModelFormatException(file, "header", "a JSON object of tensors", $"invalid JSON: {cause.Message}", cause);
        }
    }

    private static Utf8JsonReader NewReader(ReadOnlySpan<byte> header)
        => new(header, new JsonReaderOptions { MaxDepth = 4 });

    private static int CountMembers(string file, ReadOnlySpan<byte> header)
    {
        // The format wants the brace first, where JSON would allow blanks before it.
        Utf8JsonReader reader = NewReader(header);
        if (header.IsEmpty || header[0] != (byte)'{' || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ModelFormatException(file, "header", "a JSON object from the first byte on", "something else");
        }

        int count = 0;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
            {
                count++;
            }
        }

        return count;
    }

    private (Dictionary<string, SafetensorsTensor>, Dictionary<string, string>) ReadRoot(int count)
    {
        var tensors = new Dictionary<string, SafetensorsTensor>(count, StringComparer.Ordinal);
        Dictionary<string, string>? metadata = null;
        _reader.Read();
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = ReadName();
            if (name == MetadataKey)
            {
                metadata = metadata is null ? ReadMetadata() : throw Defect(MetadataKey, "one member of that name", "two");
                continue;
            }

            SafetensorsTensor tensor = ReadTensor(name);
            if (!tensors.TryAdd(name, tensor))
            {
                throw Defect(TensorPlace(name), "one tensor of that name", "two");
            }
        }

        return (tensors, metadata ?? new Dictionary<string, string>(0, StringComparer.Ordinal));
    }

    private string ReadName()
    {
        if (_reader.ValueSpan.Length > MaxNameLength)
        {
            throw Defect("header", $"names of at most {MaxNameLength} bytes", $"a name of {_reader.ValueSpan.Length}");
        }

        return _reader.GetString()!;
    }

    private Dictionary<string, string> ReadMetadata()
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        RequireToken(MetadataKey, JsonTokenType.StartObject, "an object of strings");
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = ReadName();
            if (!_reader.Read() || _reader.TokenType != JsonTokenType.String)
            {
                throw Defect($"{MetadataKey} '{key}'", "a string", $"a JSON {_reader.TokenType}");
            }

            if (metadata.Count == MaxMetadataEntries)
            {
                throw Defect(MetadataKey, $"at most {MaxMetadataEntries} entries", "more");
            }

            if (!metadata.TryAdd(key, _reader.GetString()!))
            {
                throw Defect($"{MetadataKey} '{key}'", "one entry of that name", "two");
            }
        }

        return metadata;
    }

    private SafetensorsTensor ReadTensor(string name)
    {
        RequireToken(name, JsonTokenType.StartObject, "an object with dtype, shape and data_offsets");
        SafetensorsDType? dtype = null;
        long[]? shape = null;
        Span<long> offsets = stackalloc long[2];
        int offsetCount = 0;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (_reader.ValueTextEquals("dtype"u8) && dtype is null)
            {
                dtype = ReadDType(name);
            }
            else if (_reader.ValueTextEquals("shape"u8) && shape is null)
            {
                shape = ReadShape(name);
            }
            else if (_reader.ValueTextEquals("data_offsets"u8) && offsetCount == 0)
            {
                offsetCount = ReadIntegers(name, "data_offsets", offsets);
            }
            else
            {
                throw Defect(TensorPlace(name), "dtype, shape and data_offsets, once each", "another or a repeated member");
            }
        }

        if (dtype is null || shape is null || offsetCount != 2)
        {
            throw Defect(TensorPlace(name), "dtype, shape and two data_offsets", "one of them missing");
        }

        return CheckedTensor(name, dtype.Value, shape, offsets[0], offsets[1]);
    }

    private readonly SafetensorsTensor CheckedTensor(string name, SafetensorsDType dtype, long[] shape, long begin, long end)
    {
        // The product is taken in 128 bits and bounded after each factor, so that no shape can wrap around.
        Int128 length = dtype.Size();
        bool empty = Array.IndexOf(shape, 0) >= 0;
        foreach (long dimension in shape)
        {
            length = empty ? 0 : length * dimension;
            if (length > long.MaxValue)
            {
                throw Defect(TensorPlace(name), "a shape that fits the file", SafetensorsTensor.ShapeText(shape));
            }
        }

        if (begin > end || end - begin != length)
        {
            string expected = $"data_offsets {length} bytes apart for {dtype.Name()} {SafetensorsTensor.ShapeText(shape)}";
            throw Defect(TensorPlace(name), expected, $"[{begin}, {end}]");
        }

        if (end > long.MaxValue - _dataStart)
        {
            throw Defect(TensorPlace(name), "data_offsets inside the file", $"[{begin}, {end}]");
        }

        return new SafetensorsTensor(name, dtype, shape, _dataStart + begin, end - begin);
    }

    private SafetensorsDType ReadDType(string tensor)
    {
        RequireToken(tensor, JsonTokenType.String, "a dtype");
        return SafetensorsDTypes.TryParse(_reader, out SafetensorsDType dtype)
            ? dtype
            : throw Defect(TensorPlace(tensor), "a known dtype", _reader.ValueSpan.Length <= 32 ? $"'{_reader.GetString()}'" : "a longer name");
    }

    private long[] ReadShape(string tensor)
    {
        Span<long> shape = stackalloc long[MaxRank];
        return shape[..ReadIntegers(tensor, "shape", shape)].ToArray();
    }

    private int ReadIntegers(string tensor, string member, scoped Span<long> values)
    {
        RequireToken(tensor, JsonTokenType.StartArray, "an array of whole numbers");
        int count = 0;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == values.Length)
            {
                throw Defect(TensorPlace(tensor), $"at most {values.Length} numbers in {member}", "more");
            }

            if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt64(out long value) || value < 0)
            {
                throw Defect(TensorPlace(tensor), $"whole numbers from 0 in {member}", $"a {_reader.TokenType} that is not one");
            }

            values[count++] = value;
        }

        return count;
    }

    private void RequireToken(string tensor, JsonTokenType type, string expected)
    {
        if (!_reader.Read() || _reader.TokenType != type)
        {
            throw Defect(TensorPlace(tensor), expected, $"a JSON {_reader.TokenType}");
        }
    }

    // Made only for a message: one such string per tensor would be the largest part of the memory of a tiny file.
    private static string TensorPlace(string name) => $"tensor '{name}'";

    private readonly ModelFormatException Defect(string place, string expected, string found) => new(_file, place, expected, found);
}
