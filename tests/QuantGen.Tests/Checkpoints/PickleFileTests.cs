using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using QuantGen.Checkpoints;

namespace QuantGen.Tests.Checkpoints;

public sealed class PickleFileTests
{
    [Fact]
    public void Reads_tensors_of_all_float_types()
    {
        var writer = new TorchWriter();
        float[] values = [1, -2.5f, 0.125f];
        writer.Add("single", writer.Storage("FloatStorage", 4, MemoryMarshal.AsBytes(values.AsSpan())), 0, [3], [1]);
        Half[] halves = [.. values.Select(value => (Half)value)];
        writer.Add("half", writer.Storage("HalfStorage", 2, MemoryMarshal.AsBytes(halves.AsSpan())), 0, [3], [1]);
        ushort[] upper = [.. values.Select(value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))];
        writer.Add("bfloat", writer.Storage("BFloat16Storage", 2, MemoryMarshal.AsBytes(upper.AsSpan())), 0, [3], [1]);
        writer.Add("scalar", writer.Storage("FloatStorage", 4, MemoryMarshal.AsBytes(values.AsSpan(1, 1))), 0, [], []);
        using PickleFile file = PickleFile.Read(writer.ToBytes(), "pytorch_model.bin");

        Assert.Equal(["single", "half", "bfloat", "scalar"], file.Tensors.Select(tensor => tensor.Name));
        Assert.All(file.Tensors.Take(3), tensor => Assert.Equal(values, Floats(file, tensor)));
        Assert.Equal([-2.5f], Floats(file, file.Tensors[3]));
    }

    [Theory]
    [InlineData("DoubleStorage", 8, SafetensorsDType.F64)]
    [InlineData("LongStorage", 8, SafetensorsDType.I64)]
    [InlineData("BoolStorage", 1, SafetensorsDType.Bool)]
    public void Other_types_are_there_and_are_no_weights(string storage, int size, SafetensorsDType type)
    {
        var writer = new TorchWriter();
        writer.Add("ids", writer.Storage(storage, size, new byte[2 * size]), 0, [1, 2], [2, 1]);
        using PickleFile file = PickleFile.Read(writer.ToBytes(), "pytorch_model.bin");

        SafetensorsTensor tensor = Assert.Single(file.Tensors);
        Assert.Equal((type, 2L * size), (tensor.DType, tensor.Length));
        Assert.Contains("'ids'", Assert.Throws<ModelFormatException>(() => Floats(file, tensor)).Message);
    }

    [Fact]
    public void Views_have_offsets_and_strides()
    {
        float[] values = [.. Enumerable.Range(0, 12).Select(i => (float)i)];
        var writer = new TorchWriter();
        (string, int, int) storage = writer.Storage("FloatStorage", 4, MemoryMarshal.AsBytes(values.AsSpan()));
        writer.Add("whole", storage, 0, [3, 4], [4, 1]);
        writer.Add("transposed", storage, 0, [4, 3], [1, 4]);
        writer.Add("row", storage, 4, [4], [1]);
        writer.Add("column", storage, 2, [3], [4]);
        writer.Add("block", storage, 5, [2, 1, 2], [4, 99, 1]);
        writer.Add("constant", storage, 3, [2, 2], [0, 0]);
        writer.Add("none", storage, 12, [0, 3], [3, 1]);
        using PickleFile file = PickleFile.Read(writer.ToBytes(), "pytorch_model.bin");

        float[][] found = [.. file.Tensors.Select(tensor => Floats(file, tensor))];
        Assert.Equal(values, found[0]);
        Assert.Equal([0f, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], found[1]);
        Assert.Equal([4f, 5, 6, 7], found[2]);
        Assert.Equal([2f, 6, 10], found[3]);
        Assert.Equal([5f, 6, 9, 10], found[4]);
        Assert.Equal([3f, 3, 3, 3], found[5]);
        Assert.Empty(found[6]);
    }

    [Fact]
    public void Reads_values_that_were_remembered_and_trained_parameters()
    {
        byte[] one = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(one, 7);
        var writer = new TorchWriter();
        _ = writer.Storage("FloatStorage", 4, one);
        string tensor = "ctorch._utils\n_rebuild_tensor_v2\n((\u008c\u0007storagectorch\nFloatStorage\nq\u0001\u008c\u00010\u008c\u0003cpu"
            + "\u008a\u0001\u0001tQK\0K\u0001\u0085K\u0001\u0085\u0089ccollections\nOrderedDict\n)RtR";
        string pickle = "\u0080\u0004}(\u008c\u0001a" + "ctorch._utils\n_rebuild_parameter\n(" + tensor
            + "q\u0005\u0088ccollections\nOrderedDict\n)RtR\u008c\u0001bh\u0005u.";
        using PickleFile file = PickleFile.Read(writer.Archive(Encoding.Latin1.GetBytes(pickle)), "pytorch_model.bin");

        Assert.Equal(["a", "b"], file.Tensors.Select(found => found.Name));
        Assert.All(file.Tensors, found => Assert.Equal([7f], Floats(file, found)));
    }

    [Theory]
    [InlineData("cos\nsystem\n(X\u0002\0\0\0lstR.", "'os.system'")]
    [InlineData("c__builtin__\neval\n(X\u0002\0\0\0lstR.", "'__builtin__.eval'")]
    [InlineData("ctorch._utils\n_rebuild_qtensor\n)R.", "'torch._utils._rebuild_qtensor'")]
    [InlineData("\u008c\u0002os\u008c\u0006system\u0093.", "'os.system'")]
    [InlineData("ccollections\nOrderedDict\n(K\u0001tR.", "another call")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2\n)R.", "another call")]
    [InlineData("K\u0001)R.", "another call")]
    [InlineData("(ios\nsystem\n.", "0x69")]
    [InlineData("]K\u0001a.", "a state dict")]
    [InlineData("}X\u0001\0\0\0aK\u0001s.", "entry 'a': expected a tensor by its name (a plain state dict), found a number")]
    [InlineData("}X\u0005\0\0\0model}s.", "entry 'model': expected a tensor by its name (a plain state dict), found a dictionary")]
    [InlineData("}K\u0001Ns.", "something else than a name")]
    [InlineData("}(K\u0001u.", "a key without one")]
    [InlineData("X\u0009\0\0\0a.", "9 more bytes")]
    [InlineData("X\u0001\0\0\0\u00ff.", "UTF-8")]
    [InlineData("h\u0001.", "remembered")]
    [InlineData("t.", "a mark")]
    [InlineData("(.", "expected a value, found none")]
    [InlineData("\u008a\u0009123456789.", "at most 8 bytes")]
    [InlineData("(X\u0006\0\0\0modulet" + "Q.", "another id")]
    [InlineData("cos", "the end of a name")]
    [InlineData("}", "1 more bytes")]
    public void Refuses_all_other_pickles(string pickle, string named)
    {
        var error = Assert.Throws<ModelFormatException>(
            () => PickleFile.Read(new TorchWriter().Archive(Encoding.Latin1.GetBytes("\u0080\u0002" + pickle)), "w.bin").Dispose());
        Assert.Contains("w.bin", error.Message);
        Assert.Contains(named, error.Message);
    }

    [Theory]
    [InlineData(0, new[] { 5 }, new[] { 1 })]
    [InlineData(1, new[] { 4 }, new[] { 1 })]
    [InlineData(5, new[] { 1 }, new[] { 1 })]
    [InlineData(-1, new[] { 1 }, new[] { 1 })]
    [InlineData(0, new[] { 2 }, new[] { 4 })]
    [InlineData(3, new[] { 2 }, new[] { -1 })]
    [InlineData(0, new[] { 2, 2 }, new[] { 1 })]
    [InlineData(0, new[] { -1 }, new[] { 1 })]
    [InlineData(0, new[] { 1000000000, 1000000000 }, new[] { 0, 0 })]
    [InlineData(0, new[] { 2, 2 }, new[] { 2147483647, 2147483647 })]
    public void Refuses_views_beyond_their_storage(int offset, int[] shape, int[] strides)
    {
        var writer = new TorchWriter();
        writer.Add("a", writer.Storage("FloatStorage", 4, new byte[16]), offset, shape, strides);
        Assert.Contains("inside its storage", Assert.Throws<ModelFormatException>(() => PickleFile.Read(writer.ToBytes(), "w.bin")).Message);
    }

    [Fact]
    public void Refuses_a_storage_of_another_length_and_names_twice()
    {
        var writer = new TorchWriter();
        writer.Add("a", writer.Storage("FloatStorage", 4, new byte[16]) with { Count = 3 }, 0, [1], [1]);
        Assert.Contains("'a': expected 3 elements", Assert.Throws<ModelFormatException>(() => PickleFile.Read(writer.ToBytes(), "w.bin")).Message);
        writer = new TorchWriter();
        writer.Add("a", ("FloatStorage", 7, 1), 0, [1], [1]);
        Assert.Contains("'data/7'", Assert.Throws<ModelFormatException>(() => PickleFile.Read(writer.ToBytes(), "w.bin")).Message);
        byte[] twice = TorchWriter.File(("a", [1], [1]), ("a", [1], [1]));
        Assert.Contains("one tensor of that name", Assert.Throws<ModelFormatException>(() => PickleFile.Read(twice, "w.bin")).Message);
    }

    [Fact]
    public void Names_the_older_format_and_what_is_no_archive()
    {
        byte[] older = [0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.'];
        Assert.Contains("the older format", Assert.Throws<ModelFormatException>(() => PickleFile.Read(older, "w.bin")).Message);
        Assert.Contains("a zip archive", Assert.Throws<ModelFormatException>(() => PickleFile.Read("hello"u8.ToArray(), "w.bin")).Message);
        Assert.Contains("a zip archive", Assert.Throws<ModelFormatException>(() => PickleFile.Read(ReadOnlyMemory<byte>.Empty, "w.bin")).Message);
        byte[] compressed = new TorchWriter { Compression = CompressionLevel.Optimal }.Archive(new byte[100]);
        Assert.Contains("a compressed or encrypted one", Assert.Throws<ModelFormatException>(() => PickleFile.Read(compressed, "w.bin")).Message);
        byte[] big = new TorchWriter { ByteOrder = "big" }.ToBytes();
        Assert.Contains("byteorder", Assert.Throws<ModelFormatException>(() => PickleFile.Read(big, "w.bin")).Message);
        Assert.Contains("directory", Assert.Throws<ModelFormatException>(() => PickleFile.Read(big.AsMemory(0, big.Length / 2), "w.bin")).Message);
    }

    [Fact]
    public void Any_change_gives_a_file_or_the_documented_exception()
    {
        var writer = new TorchWriter();
        (string, int, int) storage = writer.Storage("FloatStorage", 4, new byte[48]);
        writer.Add("encoder.a", storage, 0, [4, 3], [1, 4]);
        writer.Add("b", storage, 4, [2, 2], [4, 1]);
        writer.Add("c", writer.Storage("HalfStorage", 2, new byte[10]), 0, [5], [1]);
        byte[] good = writer.ToBytes();
        int read = Mutations.Run(good, 1000, bytes =>
        {
            using PickleFile file = PickleFile.Read(bytes, "w.bin");
            foreach (SafetensorsTensor tensor in file.Tensors.Where(tensor => tensor.DType is SafetensorsDType.F32 or SafetensorsDType.F16))
            {
                _ = Floats(file, tensor);
            }
        });
        Assert.InRange(read, 1, 999);
    }

    private static float[] Floats(PickleFile file, SafetensorsTensor tensor)
    {
        float[] values = new float[tensor.ElementCount];
        file.ReadFloats(tensor, values);
        return values;
    }
}
