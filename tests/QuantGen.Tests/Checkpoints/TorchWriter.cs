using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace QuantGen.Tests.Checkpoints;

/// <summary>Writes files as <c>torch.save</c> writes a state dict: a zip archive with a pickle of protocol 2 and the numbers of every storage.</summary>
internal sealed class TorchWriter
{
    private readonly List<byte> _pickle = [0x80, 2];
    private readonly List<(string Name, byte[] Bytes)> _storages = [];

    public TorchWriter()
    {
        Global("collections", "OrderedDict");
        Op(")R(");
    }

    /// <summary>Gets or sets what the archive says about the order of bytes; null for nothing.</summary>
    public string? ByteOrder { get; set; } = "little";

    /// <summary>Gets or sets how files are compressed, which torch never does.</summary>
    public CompressionLevel Compression { get; set; } = CompressionLevel.NoCompression;

    /// <summary>Makes a file of F32 tensors.</summary>
    public static byte[] File(params (string Name, int[] Shape, float[] Values)[] tensors)
    {
        var writer = new TorchWriter();
        foreach ((string name, int[] shape, float[] values) in tensors)
        {
            writer.Add(name, writer.Storage("FloatStorage", 4, MemoryMarshal.AsBytes(values.AsSpan())), 0, shape, Contiguous(shape));
        }

        return writer.ToBytes();
    }

    /// <summary>Adds a storage and returns its number.</summary>
    public (string Type, int Key, int Count) Storage(string type, int size, ReadOnlySpan<byte> bytes)
    {
        _storages.Add(($"data/{_storages.Count}", bytes.ToArray()));
        return (type, _storages.Count - 1, bytes.Length / size);
    }

    /// <summary>Adds a view of a storage.</summary>
    public void Add(string name, (string Type, int Key, int Count) storage, int offset, int[] shape, int[] strides)
    {
        Text(name);
        Global("torch._utils", "_rebuild_tensor_v2");
        Op("((");
        Text("storage");
        Global("torch", storage.Type);
        Text($"{storage.Key}");
        Text("cpu");
        Number(storage.Count);
        Op("tQ");
        Number(offset);
        Op("(");
        Array.ForEach(shape, Number);
        Op("t(");
        Array.ForEach(strides, Number);
        Op("t\u0089");
        Global("collections", "OrderedDict");
        Op(")RtR");
    }

    public void Op(string codes) => _pickle.AddRange(codes.Select(code => (byte)code));

    public void Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Op("X");
        Int(bytes.Length);
        _pickle.AddRange(bytes);
    }

    public void Number(int value)
    {
        if (value is >= 0 and < 256)
        {
            _pickle.AddRange([(byte)'K', (byte)value]);
            return;
        }

        Op("J");
        Int(value);
    }

    public void Global(string module, string name) => _pickle.AddRange(Encoding.UTF8.GetBytes($"c{module}\n{name}\n"));

    /// <summary>Ends the file: the entries are set, and the dictionary gets the attribute that state dicts have.</summary>
    public byte[] ToBytes()
    {
        Op("u}");
        Text("_metadata");
        Op("}sb.");
        return Archive([.. _pickle]);
    }

    /// <summary>Makes an archive around any pickle.</summary>
    public byte[] Archive(byte[] pickle)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Write(zip, "data.pkl", pickle);
            if (ByteOrder is not null)
            {
                Write(zip, "byteorder", Encoding.ASCII.GetBytes(ByteOrder));
            }

            _storages.ForEach(storage => Write(zip, storage.Name, storage.Bytes));
            Write(zip, "version", "3\n"u8.ToArray());
        }

        return stream.ToArray();
    }

    public static int[] Contiguous(int[] shape)
    {
        int[] strides = new int[shape.Length];
        for (int i = shape.Length - 1, stride = 1; i >= 0; stride *= shape[i--])
        {
            strides[i] = stride;
        }

        return strides;
    }

    private void Write(ZipArchive zip, string name, byte[] bytes)
    {
        using Stream entry = zip.CreateEntry("archive/" + name, Compression).Open();
        entry.Write(bytes);
    }

    private void Int(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _pickle.AddRange(bytes);
    }
}
