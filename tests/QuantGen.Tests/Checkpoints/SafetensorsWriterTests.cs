using QuantGen.Checkpoints;
using QuantGen.Files;

namespace QuantGen.Tests.Checkpoints;

public class SafetensorsWriterTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        using SafetensorsFile file = SafetensorsFile.Read(Bytes(Example()), "f");

        Assert.Equal(["floats", "codes", "more"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal("line\nbreak, \"quote\" and ü", file.Metadata["text"]);
        float[] values = new float[2];
        file.ReadFloats(file.Tensors[0], values);
        Assert.Equal([1.5f, -2f], values);
        Assert.Equal([7, 8, 9], file.Bytes(file.Tensors[1]).ToArray());
    }

    [Fact]
    public void Floats_come_first_and_data_starts_on_a_cache_line()
    {
        using SafetensorsFile file = SafetensorsFile.Read(Bytes(Example()), "f");

        Assert.Equal(0, file.HeaderLength % 64);
        Assert.Equal(file.HeaderLength, file.Tensors[0].Offset);
        Assert.All(file.Tensors.Where(tensor => tensor.DType == SafetensorsDType.F32), tensor => Assert.Equal(0, tensor.Offset % 4));
    }

    [Fact]
    public void The_same_calls_give_the_same_bytes() => Assert.Equal(Bytes(Example()), Bytes(Example()));

    [Fact]
    public void Saving_replaces_the_file_and_leaves_nothing_else()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("model.safetensors", [1, 2, 3]);

        Example().Save(path);

        Assert.Equal(Bytes(Example()), File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_save_that_fails_keeps_the_old_file()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("model.safetensors", [1, 2, 3]);

        Assert.Throws<InvalidDataException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(9);
            throw new InvalidDataException();
        }));

        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Of_files_that_belong_together_none_is_replaced_when_one_cannot_be_written()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("config.json", [1, 2, 3]);
        string missing = Path.Combine(folder.Path, "none", "model.safetensors");

        IOException error = Assert.Throws<IOException>(
            () => AtomicFile.WriteAll([(path, stream => stream.WriteByte(9)), (missing, stream => stream.WriteByte(9))]));

        Assert.StartsWith($"cannot write '{missing}': ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".tmp", error.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Rejects_repeated_names_and_wrong_counts()
    {
        SafetensorsWriter writer = Example();

        Assert.Throws<ArgumentException>(() => writer.AddBytes("codes", [1], new byte[1]));
        Assert.Throws<ArgumentException>(() => writer.AddBytes("other", [2, 2], new byte[3]));
        Assert.Throws<ArgumentException>(() => writer.AddMetadata("text", "again"));
    }

    private static SafetensorsWriter Example()
    {
        var writer = new SafetensorsWriter();
        writer.AddMetadata("text", "line\nbreak, \"quote\" and ü");
        writer.AddBytes("codes", [3, 1], new byte[] { 7, 8, 9 });
        writer.AddFloats("floats", [2], new[] { 1.5f, -2f });
        writer.AddBytes("more", [0], ReadOnlyMemory<byte>.Empty);
        return writer;
    }

    private static byte[] Bytes(SafetensorsWriter writer)
    {
        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }
}
