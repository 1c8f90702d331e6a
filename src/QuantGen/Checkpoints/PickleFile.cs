using QuantGen.Files;

namespace QuantGen.Checkpoints;

/// <summary>Reads a file that <c>torch.save</c> made of a plain state dict: a zip archive with a pickle and the numbers of every storage.</summary>
/// <remarks>Nothing in it is executed. Numbers are read from the mapped file when they are asked for, from views of any strides.</remarks>
internal sealed class PickleFile : IWeightFile
{
    private const string Pickle = "/data.pkl";
    private const int MaxPickle = 8 << 20;

    private readonly FileBytes _bytes;
    private readonly Dictionary<string, (long Offset, long Length)> _entries;
    private readonly string _prefix;
    private readonly Dictionary<string, PickleTensor> _views = new(StringComparer.Ordinal);
    private readonly List<SafetensorsTensor> _tensors = [];

    private PickleFile(string name, FileBytes bytes)
    {
        Name = name;
        _bytes = bytes;
        RequireArchive();
        _entries = ZipDirectory.Read(name, bytes);
        string[] pickles = [.. _entries.Keys.Where(key => key.EndsWith(Pickle, StringComparison.Ordinal) && key.IndexOf('/') == key.Length - Pickle.Length)];
        _prefix = pickles is [string pickle]
            ? pickle[..^Pickle.Length]
            : throw new ModelFormatException(name, string.Empty, "an archive of torch.save with one data.pkl", $"{pickles.Length}");
        RequireLittleEndian();
        (long offset, long length) = _entries[_prefix + Pickle];
        if (length > MaxPickle)
        {
            throw new ModelFormatException(name, "data.pkl", $"at most {MaxPickle} bytes", $"{length}");
        }

        AddTensors(PickleReader.Read(name, bytes.Slice(offset, (int)length)));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SafetensorsTensor> Tensors => _tensors;

    /// <summary>Opens a file on disk.</summary>
    /// <param name="path">The file to map.</param>
    /// <exception cref="ModelFormatException">The file is malformed, or holds more than tensors.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static PickleFile Open(string path) => Create(path, new FileBytes(path));

    /// <summary>Reads a file that is in memory.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    public static PickleFile Read(ReadOnlyMemory<byte> bytes, string name) => Create(name, new FileBytes(bytes));

    /// <inheritdoc/>
    public void RequireSpan(SafetensorsTensor tensor)
    {
        if (tensor.Length > int.MaxValue)
        {
            throw Defect(tensor.Name, $"a tensor of at most {int.MaxValue} bytes", $"{tensor.Length} bytes");
        }
    }

    /// <inheritdoc/>
    public void ReadFloats(SafetensorsTensor tensor, Span<float> destination)
    {
        RequireSpan(tensor);
        if (tensor.ElementCount != destination.Length)
        {
            throw new ArgumentException($"Tensor '{tensor.Name}' has {tensor.ElementCount} elements, not {destination.Length}.", nameof(destination));
        }

        PickleTensor view = _views[tensor.Name];
        ReadOnlySpan<byte> source = IsContiguous(view) ? _bytes.Slice(tensor.Offset, (int)tensor.Length) : Gather(tensor, view);
        if (!FloatWidening.TryWiden(tensor.DType, source, destination))
        {
            throw Defect(tensor.Name, "F32, F16 or BF16", tensor.DType.Name());
        }
    }

    /// <inheritdoc/>
    public void CopyTo(Action<ReadOnlySpan<byte>> take)
    {
        const int step = 1 << 24;
        for (long position = 0; position < _bytes.Length; position += step)
        {
            take(_bytes.Slice(position, (int)Math.Min(step, _bytes.Length - position)));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    private static PickleFile Create(string name, FileBytes bytes)
    {
        try
        {
            return new PickleFile(name, bytes);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private void RequireArchive()
    {
        const string archive = "a zip archive, as torch.save writes it since version 1.6";
        ReadOnlySpan<byte> start = _bytes.Slice(0, (int)Math.Min(_bytes.Length, 16));
        if (start.StartsWith("PK"u8))
        {
            return;
        }

        // The number that the older format begins with, as a pickle of its own.
        bool isOlder = start.Length > 2 && start[0] == 0x80 && start[2..].StartsWith((ReadOnlySpan<byte>)[0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20]);
        throw new ModelFormatException(
            Name, string.Empty, archive,
            isOlder ? "the older format (load it with torch and save it again, best as model.safetensors)" : $"{_bytes.Length} bytes of something else");
    }

    private void RequireLittleEndian()
    {
        if (_entries.TryGetValue(_prefix + "/byteorder", out (long Offset, long Length) order)
            && !(order.Length == 6 && _bytes.Slice(order.Offset, 6).SequenceEqual("little"u8)))
        {
            throw new ModelFormatException(Name, "byteorder", "little", "something else");
        }
    }

    private void AddTensors(object? root)
    {
        if (root is not PickleDictionary state)
        {
            throw new ModelFormatException(Name, string.Empty, "a state dict, tensors by name", "something else");
        }

        foreach ((object? key, object? value) in state.Entries)
        {
            if (key is not string name || name.Length == 0 || value is not PickleTensor view)
            {
                string place = key is string text ? $"entry '{text}'" : "a key";
                throw new ModelFormatException(Name, place, "a tensor by its name (a plain state dict)", Kind(key, value));
            }

            if (!_views.TryAdd(name, view))
            {
                throw Defect(name, "one tensor of that name", "two");
            }

            _tensors.Add(Describe(name, view));
        }
    }

    private SafetensorsTensor Describe(string name, PickleTensor view)
    {
        int size = view.Storage.DType.Size();
        if (!_entries.TryGetValue($"{_prefix}/data/{view.Storage.Key}", out (long Offset, long Length) data)
            || data.Length / size != view.Storage.Count || data.Length % size != 0)
        {
            throw Defect(name, $"{view.Storage.Count} elements of {size} bytes in 'data/{view.Storage.Key}'", $"{data.Length} bytes");
        }

        long count = view.Shape.Aggregate(1L, (x, y) => x * y);
        return new SafetensorsTensor(name, view.Storage.DType, view.Shape, data.Offset + (view.Offset * size), count * size);
    }

    private static string Kind(object? key, object? value) => (key, value) switch
    {
        (not string or "", _) => "something else than a name",
        (_, PickleDictionary) => "a dictionary",
        (_, List<object?>) => "a list",
        (_, string) => "a text",
        (_, long or double or bool) => "a number",
        _ => "something else",
    };

    private static bool IsContiguous(PickleTensor view)
    {
        long expected = 1;
        for (int i = view.Shape.Length - 1; i >= 0; i--)
        {
            if (view.Shape[i] != 1 && view.Strides[i] != expected)
            {
                return false;
            }

            expected *= view.Shape[i];
        }

        return true;
    }

    // Row-major order counts indexes up from the last dimension on.
    private byte[] Gather(SafetensorsTensor tensor, PickleTensor view)
    {
        int size = tensor.DType.Size();
        byte[] elements = new byte[tensor.Length];
        long[] index = new long[view.Shape.Length];
        long element = 0;
        for (int at = 0; at < elements.Length; at += size)
        {
            _bytes.Slice(tensor.Offset + (element * size), size).CopyTo(elements.AsSpan(at));
            for (int i = index.Length - 1; i >= 0; i--)
            {
                element += view.Strides[i];
                if (++index[i] < view.Shape[i])
                {
                    break;
                }

                element -= view.Strides[i] * view.Shape[i];
                index[i] = 0;
            }
        }

        return elements;
    }

    private ModelFormatException Defect(string tensor, string expected, string found) => new(Name, $"tensor '{tensor}'", expected, found);
}
