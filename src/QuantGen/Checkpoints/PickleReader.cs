using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace QuantGen.Checkpoints;

/// <summary>Reads the part of Python's pickle format that <c>torch.save</c> uses for a plain state dict. Nothing is executed: names stand for the few
/// kinds of values of <see cref="PickleNames"/>, and any other name is an error.</summary>
/// <remarks>Memory stays in proportion to the steps, which are bounded.</remarks>
internal ref struct PickleReader
{
    private const int MaxSteps = 1 << 20;
    private static readonly object s_mark = new();
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _file;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _position;
    private int _start;

    private PickleReader(string file, ReadOnlySpan<byte> bytes)
    {
        _file = file;
        _bytes = bytes;
    }

    /// <summary>Reads the one value of a pickle.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="bytes">The pickle.</param>
    /// <exception cref="ModelFormatException">It is malformed, or holds more than tensors.</exception>
    public static object? Read(string file, ReadOnlySpan<byte> bytes) => new PickleReader(file, bytes).Run();

    private object? Run()
    {
        for (int step = 0; step < MaxSteps; step++)
        {
            _start = _position;
            byte code = Take(1)[0];
            if (code == '.')
            {
                return Pop();
            }

            if (!Number(code) && !Text(code) && !Container(code) && !Memo(code))
            {
                Call(code);
            }
        }

        throw Defect($"at most {MaxSteps} steps", "more");
    }

    private bool Number(byte code)
    {
        switch (code)
        {
            case (byte)'N': return Push(null);
            case 0x88: return Push(true);
            case 0x89: return Push(false);
            case (byte)'J': return Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
            case (byte)'K': return Push((long)Take(1)[0]);
            case (byte)'M': return Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
            case (byte)'G': return Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
            case 0x8A: return Push(LongNumber());
            default: return false;
        }
    }

    private bool Text(byte code)
    {
        switch (code)
        {
            case (byte)'X': return Push(Utf8(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
            case 0x8C: return Push(Utf8(Take(1)[0]));
            default: return false;
        }
    }

    private bool Container(byte code)
    {
        switch (code)
        {
            case (byte)'(': return Push(s_mark);
            case (byte)')': return Push(Array.Empty<object?>());
            case (byte)']': return Push(new List<object?>());
            case (byte)'}': return Push(new PickleDictionary());
            case (byte)'t': return Push(PopToMark());
            case 0x85: return Push(PopMany(1));
            case 0x86: return Push(PopMany(2));
            case 0x87: return Push(PopMany(3));
            case (byte)'a': return Append(PopMany(1));
            case (byte)'e': return Append(PopToMark());
            case (byte)'s': return Set(PopMany(2));
            case (byte)'u': return Set(PopToMark());
            default: return false;
        }
    }

    private bool Memo(byte code)
    {
        switch (code)
        {
            case (byte)'q': return Remember(Take(1)[0]);
            case (byte)'r': return Remember(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
            case 0x94: return Remember(_memo.Count);
            case (byte)'h': return Recall(Take(1)[0]);
            case (byte)'j': return Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
            default: return false;
        }
    }

    private void Call(byte code)
    {
        switch (code)
        {
            case 0x80:
                int protocol = Take(1)[0];
                _ = protocol is >= 2 and <= 5 ? 0 : throw Defect("protocol 2 to 5", Number(protocol));
                break;
            case 0x95:
                Take(8);
                break;
            case (byte)'c':
                Push(Name(Line(), Line()));
                break;
            case 0x93:
                object?[] pair = PopMany(2);
                Push(pair is [string module, string name] ? Name(module, name) : throw Defect("the names of a module and a member", "something else"));
                break;
            case (byte)'Q':
                Push(PickleNames.Storage(Pop()) ?? throw Defect("the id of a storage of numbers", "another id"));
                break;
            case (byte)'R':
                object? arguments = Pop();
                Push(
                    PickleNames.Call(Pop(), arguments as object?[] ?? [])
                        ?? throw Defect("a tensor inside its storage or an ordered dictionary", "another call"));
                break;
            case (byte)'b':
                // The versions of modules that a state dict carries along; they say nothing about its tensors.
                Pop();
                _ = Peek() as PickleDictionary ?? throw Defect("attributes of a dictionary", "those of something else");
                break;
            default:
                throw Defect("an instruction that torch.save writes for a state dict", $"0x{code:x2}");
        }
    }

    private readonly object Name(string module, string name) => PickleNames.Find($"{module}.{name}")
        ?? throw Defect("only tensors and dictionaries of them (nothing else is loaded, and nothing is executed)", $"'{module}.{name}'");

    private long LongNumber()
    {
        ReadOnlySpan<byte> digits = Take(Take(1)[0]);
        if (digits.Length > sizeof(long))
        {
            throw Defect("whole numbers of at most 8 bytes", Number(digits.Length));
        }

        long value = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            value |= (long)digits[i] << (8 * i);
        }

        int unused = 64 - (8 * digits.Length);
        return digits.IsEmpty ? 0 : value << unused >> unused;
    }

    private string Utf8(long length)
    {
        try
        {
            return s_strict.GetString(Take(length));
        }
        catch (DecoderFallbackException cause)
        {
            throw new ModelFormatException(_file, Place, "UTF-8 text", "an invalid byte", cause);
        }
    }

    private string Line()
    {
        int length = _bytes[_position..].IndexOf((byte)'\n');
        string line = Utf8(length < 0 ? throw Defect("the end of a name", "the end of the pickle") : length);
        _position++;
        return line;
    }

    private readonly bool Push(object? value)
    {
        _stack.Add(value);
        return true;
    }

    private readonly object? Peek() => _stack.Count > 0 && _stack[^1] != s_mark ? _stack[^1] : throw Defect("a value", "none");

    private readonly object? Pop()
    {
        object? value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private readonly object?[] PopMany(int count)
    {
        var values = new object?[count];
        for (int i = count - 1; i >= 0; i--)
        {
            values[i] = Pop();
        }

        return values;
    }

    private readonly object?[] PopToMark()
    {
        int mark = _stack.LastIndexOf(s_mark);
        if (mark < 0)
        {
            throw Defect("a mark before the values", "none");
        }

        object?[] values = [.. _stack.Skip(mark + 1)];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }

    private readonly bool Append(object?[] values)
    {
        (Peek() as List<object?> ?? throw Defect("a list to append to", "something else")).AddRange(values);
        return true;
    }

    private readonly bool Set(object?[] values)
    {
        PickleDictionary target = Peek() as PickleDictionary ?? throw Defect("a dictionary to fill", "something else");
        if (values.Length % 2 != 0)
        {
            throw Defect("a value for every key", "a key without one");
        }

        for (int i = 0; i < values.Length; i += 2)
        {
            target.Entries.Add((values[i], values[i + 1]));
        }

        return true;
    }

    private readonly bool Remember(long place)
    {
        _memo[place] = Peek();
        return true;
    }

    private readonly bool Recall(long place) => Push(_memo.TryGetValue(place, out object? value) ? value : throw Defect("a value that was remembered", "none"));

    private ReadOnlySpan<byte> Take(long length)
    {
        if (length > _bytes.Length - _position)
        {
            throw Defect($"{length} more bytes", Number(_bytes.Length - _position));
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(_position, (int)length);
        _position += (int)length;
        return taken;
    }

    private readonly string Place => string.Create(CultureInfo.InvariantCulture, $"byte {_start} of data.pkl");

    private readonly ModelFormatException Defect(string expected, string found) => new(_file, Place, expected, found);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
