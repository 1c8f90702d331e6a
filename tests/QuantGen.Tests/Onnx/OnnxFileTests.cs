using QuantGen.Onnx;
using QuantGen.Tests.Checkpoints;

namespace QuantGen.Tests.Onnx;

public sealed class OnnxFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_nodes_and_tensors()
    {
        var writer = new OnnxWriter();
        string matrix = writer.Floats("matrix", [2, 3], [1, 2, 3, 4, 5, 6]);
        writer.Tensor("double", [1], 11, new byte[8]);
        string transposed = writer.Node("Transpose", "", [("perm", new[] { 1, 0 })], matrix);
        string sum = writer.Node("Add", "ai.onnx", [("number", -5), ("real", 0.5f), ("text", "gelu")], writer.Input("x"), writer.Node("Identity", transposed));
        writer.Node("Mul", sum, writer.Scalar(1.5f));
        using OnnxFile file = OnnxFile.Read(writer.ToBytes(), "model.onnx");

        TensorUse use = file.Graph.TensorOf(file.Graph.MakerOf(sum)!.Input(1))!;
        Assert.True(use.IsTransposed);
        Assert.Equal("matrix", use.Tensor.Name);
        Assert.Equal([1f, 2, 3, 4, 5, 6], use.Tensor.Floats());
        OnnxNode add = Assert.Single(file.Graph.Nodes, node => node.Operator == "Add");
        Assert.Equal(("", -5L, 0.5f, "gelu"), (add.Domain, add.Number("number", 0), add.Real("real", 0), add.Text("text", "")));
        Assert.Equal(1.5f, file.Graph.TensorOf(file.Graph.Nodes[^1].Input(1))!.Tensor.Scalar());
        Assert.Null(file.Graph.TensorOf("x"));
        Assert.Equal(["Mul"], file.Graph.UsesOf(sum).Select(found => found.Node.Operator));
    }

    [Fact]
    public void Refuses_what_is_no_model()
    {
        Refuse([], "a graph");
        Refuse("PK"u8.ToArray(), "a graph");
        Refuse("version https://git-lfs.github.com/spec/v1\n"u8.ToArray(), "byte");
        Refuse([0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], "more bytes");
        Refuse([0x3A, .. Enumerable.Repeat((byte)0xFF, 11)], "ten bytes");
        Refuse([0x3B], "wire type 3");
        Refuse([0x38, 1], "expected bytes");
        Refuse([0x3A, 0, 0x3A, 0], "expected one, found two");
        Refuse([.. OnnxWriter.Chunk(7, OnnxWriter.Chunk(1, OnnxWriter.Text(4, "Add")))], "an operator and its outputs");
        Refuse([.. OnnxWriter.Chunk(7, OnnxWriter.Chunk(1, OnnxWriter.Chunk(4, [0xFF])))], "UTF-8");
        Refuse([.. OnnxWriter.Chunk(7, OnnxWriter.Chunk(15, []))], "sparse");
        Refuse([.. OnnxWriter.Chunk(25, [])], "functions");
    }

    [Theory]
    [InlineData(new[] { 2 }, 4)]
    [InlineData(new[] { 3 }, 16)]
    [InlineData(new[] { -1 }, 4)]
    [InlineData(new[] { 100000, 100000, 100000, 100000 }, 4)]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, 4)]
    public void Refuses_tensors_whose_bytes_do_not_fit_their_shape(int[] shape, int bytes)
    {
        var writer = new OnnxWriter();
        writer.Tensor("a", shape, 1, new byte[bytes]);
        Refuse(writer.ToBytes(), shape.Length > 8 ? "at most 8 numbers" : "'a'");
    }

    [Fact]
    public void Refuses_values_that_are_not_made_once_before_they_are_read()
    {
        var writer = new OnnxWriter();
        writer.NodeTo("a", "Relu", "", [], "b");
        writer.NodeTo("b", "Relu", "", [], "a");
        Refuse(writer.ToBytes(), "made before it, found 'b'");
        writer = new OnnxWriter();
        writer.NodeTo("a", "Relu", "", [], writer.Input("x"));
        writer.NodeTo("a", "Relu", "", [], "x");
        Refuse(writer.ToBytes(), "'a' again");
        writer = new OnnxWriter();
        writer.Floats("a", [1], [1]);
        writer.Floats("a", [1], [1]);
        Refuse(writer.ToBytes(), "expected one of that name, found two");
    }

    [Theory]
    [InlineData("location", "../secret", "the name of a file beside the model, found '../secret'")]
    [InlineData("location", "/etc/passwd", "the name of a file beside the model")]
    [InlineData("location", "..", "the name of a file beside the model")]
    [InlineData("location", "nothing", "no such file")]
    [InlineData("offset", "-1", "a whole number as offset, found '-1'")]
    [InlineData("offset", "5", "a file of 8 bytes")]
    [InlineData("length", "3", "4 bytes")]
    [InlineData("length", "9223372036854775807", "a file of 8 bytes")]
    public void Refuses_other_files_than_those_beside_the_model(string key, string value, string named)
    {
        _folder.Write("data", new byte[8]);
        byte[] tensor =
        [
            .. OnnxWriter.Number(1, 1), .. OnnxWriter.Number(2, 1), .. OnnxWriter.Text(8, "a"), .. OnnxWriter.Entry("location", "data"),
            .. OnnxWriter.Entry(key, value), .. OnnxWriter.Number(14, 1),
        ];
        string path = _folder.Write("model.onnx", OnnxWriter.Chunk(7, OnnxWriter.Chunk(5, tensor)));
        Assert.Contains(named, Assert.Throws<ModelFormatException>(() => OnnxFile.Open(path)).Message);
    }

    private static void Refuse(byte[] bytes, string named)
    {
        string message = Assert.Throws<ModelFormatException>(() => OnnxFile.Read(bytes, "model.onnx")).Message;
        Assert.StartsWith("model.onnx", message);
        Assert.Contains(named, message);
    }
}
