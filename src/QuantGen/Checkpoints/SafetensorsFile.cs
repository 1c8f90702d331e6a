using System.Buffers.Binary;
using QuantGen.Files;

namespace QuantGen.Checkpoints;

/// <summary>Reads a safetensors file: mapped from disk, or from bytes in memory.</summary>
/// <remarks>
/// The reader is strict. A file is accepted only if its header is valid and its tensors cover the data section exactly,
/// without overlap or gap; everything else is a <see cref="ModelFormatException"/> that names the file and the tensor.
/// Reading from several threads is safe. Spans are valid until <see cref="Dispose"/>, and a mapped file must not be
/// shortened by others meanwhile.
/// </remarks>
public sealed class SafetensorsFile : IWeightFile
{
    private const int LengthBytes = 8;
    private const long MaxHeaderLength = 100_000_000;

    private readonly FileBytes _bytes;
    private readonly byte[] _header;
    private readonly Dictionary<string, SafetensorsTensor> _byName;
    private readonly SafetensorsTensor[] _tensors;

    private SafetensorsFile(string name, FileBytes bytes, int maxTensors)
    {
        Name = name;
        _bytes = bytes;

        // A copy: what is parsed is what was sealed, and what is counted is what is read, whoever writes to a mapped file.
        _header = ReadHeader();
        (_byName, Dictionary<string, string> metadata) = SafetensorsHeader.Parse(name, Header[LengthBytes..], HeaderLength, maxTensors);
        Metadata = metadata;
        _tensors = [.. _byName.Values];
        Array.Sort(_tensors, static (x, y) => (x.Offset, x.Length).CompareTo((y.Offset, y.Length)));
        RequireExactCover();
    }

    /// <summary>Gets the path or the name the file was opened under.</summary>
    public string Name { get; }

    /// <summary>Gets the length of the file in bytes.</summary>
    public long FileLength => _bytes.Length;

    /// <summary>Gets the length in bytes of everything before the first tensor.</summary>
    public int HeaderLength => _header.Length;

    /// <summary>Gets the tensors in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors => _tensors;

    /// <summary>Gets the free-form strings of <c>__metadata__</c>; empty when the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Gets the bytes before the first tensor: the length field and the header text.</summary>
    internal ReadOnlySpan<byte> Header => _header;

    /// <summary>Opens a file on disk.</summary>
    /// <param name="path">The file to map.</param>
    /// <exception cref="ModelFormatException">The file is not a valid safetensors file.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Create(path, new FileBytes(path), int.MaxValue);
    }

    /// <summary>Reads a file that is already in memory, such as an embedded resource.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="ModelFormatException">The bytes are not a valid safetensors file.</exception>
    public static SafetensorsFile Read(ReadOnlyMemory<byte> bytes, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Create(name, new FileBytes(bytes), int.MaxValue);
    }

    /// <summary>Finds a tensor by name.</summary>
    /// <param name="name">The name in the header.</param>
    /// <param name="tensor">The tensor, when there is one.</param>
    public bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SafetensorsTensor? tensor)
        => _byName.TryGetValue(name, out tensor);

    /// <summary>Returns the bytes of a tensor, in place.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <exception cref="ModelFormatException">The tensor is too long for a span.</exception>
    public ReadOnlySpan<byte> Bytes(SafetensorsTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Length > int.MaxValue)
        {
            throw Defect(tensor.Name, $"a tensor of at most {int.MaxValue} bytes", $"{tensor.Length} bytes");
        }

        return _bytes.Slice(tensor.Offset, (int)tensor.Length);
    }

    /// <summary>Converts a tensor of F32, F16 or BF16 elements; NaN and infinity pass through.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="destination">Takes one number per element; has exactly that length.</param>
    /// <exception cref="ModelFormatException">The tensor holds another element type.</exception>
    public void ReadFloats(SafetensorsTensor tensor, Span<float> destination)
    {
        ReadOnlySpan<byte> source = Bytes(tensor);
        if (tensor.ElementCount != destination.Length)
        {
            throw new ArgumentException($"Tensor '{tensor.Name}' has {tensor.ElementCount} elements, not {destination.Length}.", nameof(destination));
        }

        if (!FloatWidening.TryWiden(tensor.DType, source, destination))
        {
            throw Defect(tensor.Name, "F32, F16 or BF16", tensor.DType.Name());
        }
    }

    /// <summary>Unmaps the file; spans handed out before must no longer be used.</summary>
    public void Dispose() => _bytes.Dispose();

    void IWeightFile.RequireSpan(SafetensorsTensor tensor) => Bytes(tensor);

    void IWeightFile.CopyTo(Action<ReadOnlySpan<byte>> take) => CopyTo(take);

    /// <summary>Passes the whole file on, piece by piece.</summary>
    internal void CopyTo(Action<ReadOnlySpan<byte>> take)
    {
        const int step = 1 << 24;
        take(_header);
        for (long position = HeaderLength; position < FileLength; position += step)
        {
            take(_bytes.Slice(position, (int)Math.Min(step, FileLength - position)));
        }
    }

    /// <summary>Reads a file for a format that never has more than so many tensors; disposes of the bytes when it fails.</summary>
    internal static SafetensorsFile Create(string name, FileBytes bytes, int maxTensors)
    {
        try
        {
            return new SafetensorsFile(name, bytes, maxTensors);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>Takes the memory of a file that is copied, before any of its tensors is loaded.</summary>
    internal void Reserve() => _bytes.Reserve();

    /// <summary>Reads a part of a tensor of a file that is copied; the bytes of other files are there.</summary>
    internal void Load(SafetensorsTensor tensor, long start, int length) => _bytes.Load(tensor.Offset + start, length);

    private byte[] ReadHeader()
    {
        if (_bytes.Length < LengthBytes)
        {
            throw new ModelFormatException(Name, "header length", $"{LengthBytes} bytes", $"a file of {_bytes.Length} bytes");
        }

        Span<byte> lengthField = stackalloc byte[LengthBytes];
        _bytes.CopyTo(0, lengthField);
        byte[] start = new byte[Math.Min(_bytes.Length, FoundBytes.Length)];
        _bytes.CopyTo(0, start);
        FoundBytes.Require(start, Name, "a safetensors file");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthField);
        ulong available = (ulong)(_bytes.Length - LengthBytes);
        if (length > available || length > MaxHeaderLength)
        {
            throw new ModelFormatException(Name, "header length", $"at most {Math.Min((long)available, MaxHeaderLength)}", $"{length}");
        }

        byte[] header = new byte[LengthBytes + (int)length];
        lengthField.CopyTo(header);
        _bytes.CopyTo(LengthBytes, header.AsSpan(LengthBytes));
        return header;
    }

    private void RequireExactCover()
    {
        long position = HeaderLength;
        foreach (SafetensorsTensor tensor in _tensors)
        {
            if (tensor.Offset != position)
            {
                string defect = tensor.Offset < position ? "an overlap" : "a gap";
                throw Defect(
                    tensor.Name, $"data starting at {position - HeaderLength}, where the tensor before it ends", $"{tensor.Offset - HeaderLength}, {defect}");
            }

            if (tensor.Length > FileLength - position)
            {
                throw Defect(
                    tensor.Name, $"data inside the {FileLength - HeaderLength} bytes after the header", $"an end at {position - HeaderLength + tensor.Length}");
            }

            position += tensor.Length;
        }

        if (position != FileLength)
        {
            throw new ModelFormatException(Name, "end of file", $"{position} bytes, as the header says", $"{FileLength}");
        }
    }

    private ModelFormatException Defect(string tensor, string expected, string found) => new(Name, $"tensor '{tensor}'", expected, found);
}
