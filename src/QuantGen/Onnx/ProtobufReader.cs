using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace QuantGen.Onnx;

/// <summary>Reads the fields of one message in the wire format of Protocol Buffers.</summary>
/// <param name="file">The file, for messages.</param>
/// <param name="bytes">The message.</param>
/// <param name="start">Its position in the file.</param>
internal ref struct ProtobufReader(string file, ReadOnlySpan<byte> bytes, int start)
{
    /// <summary>The longest text that is read; names of values in deep graphs are a tenth of it.</summary>
    public const int MaxText = 4096;

    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Chunk = 2;
    private const int Fixed32 = 5;
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;
    private int _wire;
    private ulong _number;
    private int _chunkStart;
    private int _chunkLength;

    /// <summary>Gets the number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>Gets where the bytes of the last field are in the file.</summary>
    public readonly int ChunkOffset => start + _chunkStart;

    /// <summary>Reads the next field.</summary>
    /// <returns>False at the end of the message.</returns>
    public bool Next()
    {
        if (_position == _bytes.Length)
        {
            return false;
        }

        ulong key = ReadVarint();
        _wire = (int)(key & 7);
        Field = key >> 3 is > 0 and <= int.MaxValue and ulong field ? (int)field : throw Defect("the number of a field", "none");
        switch (_wire)
        {
            case Varint:
                _number = ReadVarint();
                return true;
            case Fixed64:
                _number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                return true;
            case Fixed32:
                _number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                return true;
            case Chunk:
                ulong length = ReadVarint();
                _chunkStart = _position;
                _chunkLength = Take(length).Length;
                return true;
            default:
                throw Defect("a field of ONNX", string.Create(CultureInfo.InvariantCulture, $"wire type {_wire}"));
        }
    }

    /// <summary>Gets the field as a whole number.</summary>
    public readonly long Number() => _wire == Varint ? (long)_number : throw WrongType("a whole number");

    /// <summary>Gets the field as a number of 32 bits.</summary>
    public readonly float Real() => _wire == Fixed32 ? BitConverter.UInt32BitsToSingle((uint)_number) : throw WrongType("a float");

    /// <summary>Gets the bytes of the field.</summary>
    public readonly ReadOnlySpan<byte> Bytes() => _wire == Chunk ? _bytes.Slice(_chunkStart, _chunkLength) : throw WrongType("bytes");

    /// <summary>Gets a reader of the field's own fields.</summary>
    public readonly ProtobufReader Message() => new(file, Bytes(), ChunkOffset);

    /// <summary>Gets the field as a text.</summary>
    public readonly string Text()
    {
        ReadOnlySpan<byte> text = Bytes();
        try
        {
            return text.Length <= MaxText ? s_strict.GetString(text) : throw Defect($"texts of at most {MaxText} bytes", $"{text.Length}");
        }
        catch (DecoderFallbackException cause)
        {
            throw new ModelFormatException(file, Place, "UTF-8 text", "an invalid byte", cause);
        }
    }

    /// <summary>Adds the whole number of the field, or all of them where they are packed.</summary>
    /// <param name="numbers">Takes them.</param>
    /// <param name="most">The most there may be.</param>
    public readonly void AddNumbers(List<long> numbers, int most)
    {
        if (_wire == Varint)
        {
            numbers.Add((long)_number);
        }
        else
        {
            ProtobufReader packed = Message();
            while (packed._position < packed._bytes.Length && numbers.Count <= most)
            {
                numbers.Add((long)packed.ReadVarint());
            }
        }

        if (numbers.Count > most)
        {
            throw Defect($"at most {most} numbers", "more");
        }
    }

    /// <summary>Adds the bytes of the field's numbers, which are of fixed length, one or many of them packed.</summary>
    /// <param name="target">Takes them.</param>
    public readonly void AddFixed(List<byte> target)
    {
        Span<byte> one = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(one, _number);
        target.AddRange(_wire switch { Fixed32 => one[..4], Fixed64 => one, _ => Bytes() });
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Defect("a number of at most ten bytes", "a longer one");
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        int rest = _bytes.Length - _position;
        if (length > (ulong)rest)
        {
            throw Defect(string.Create(CultureInfo.InvariantCulture, $"{length} more bytes"), string.Create(CultureInfo.InvariantCulture, $"{rest}"));
        }

        _position += (int)length;
        return _bytes.Slice(_position - (int)length, (int)length);
    }

    private readonly string Place => string.Create(CultureInfo.InvariantCulture, $"byte {start + _position}");

    private readonly ModelFormatException WrongType(string expected) => Defect(expected, string.Create(CultureInfo.InvariantCulture, $"wire type {_wire}"));

    private readonly ModelFormatException Defect(string expected, string found) => new(file, Place, expected, found);
}
