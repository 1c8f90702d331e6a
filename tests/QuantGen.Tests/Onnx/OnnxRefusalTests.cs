using QuantGen.Onnx;
using QuantGen.Specs;

namespace QuantGen.Tests.Onnx;

/// <summary>What is not understood is named, never left out.</summary>
public sealed class OnnxRefusalTests
{
    private static readonly ModelSpec s_spec = OnnxExport.Tiny(BertArchitecture.Bert);

    [Theory]
    [InlineData("MatMulInteger", "")]
    [InlineData("QLinearMatMul", "")]
    [InlineData("DequantizeLinear", "")]
    [InlineData("MatMulNBits", "com.microsoft")]
    [InlineData("QAttention", "com.microsoft")]
    [InlineData("DynamicQuantizeMatMul", "com.microsoft")]
    public void Quantized_graphs(string kind, string domain) =>
        Refuse(
            writer => writer.Node(kind, domain, [], "input_ids"),
            $"expected a model in floats (import that, and quantize it here), found the quantized {kind}");

    [Theory]
    [InlineData("Conv", "", "found Conv")]
    [InlineData("If", "", "found If")]
    [InlineData("RotaryEmbedding", "com.microsoft", "found com.microsoft.RotaryEmbedding")]
    [InlineData("Thing", "my.domain", "found my.domain.Thing")]
    public void Operators_of_other_architectures(string kind, string domain, string named) =>
        Refuse(writer => writer.Node(kind, domain, [], "input_ids"), named);

    [Fact]
    public void Tensors_of_other_heads_and_architectures()
    {
        Refuse(
            writer => writer.Node("Gemm", "", [("transB", 1)], "input_ids", Zeros(writer, "linear.weight", 4, 12), Zeros(writer, "linear.bias", 4)),
            "a bias with a name of a BERT checkpoint beside the matrix 'linear.weight' [4, 12], found none");
        Refuse(
            writer => writer.Node("Gather", Zeros(writer, "encoder.relative_attention_bias.weight", 32, 3), "input_ids"),
            "'encoder.relative_attention_bias.weight' [32, 3]: expected a tensor of a BERT checkpoint, "
                + "found one of another architecture or head, read by Gather");
        Refuse(
            writer => writer.Node("Gather", Zeros(writer, "other.embeddings.word_embeddings.weight", 23, 12), "input_ids"), "expected one encoder, found two");
    }

    [Fact]
    public void Products_that_are_no_linear_layers()
    {
        Refuse(
            writer => writer.Node("Gemm", "", [("alpha", 2f)], "input_ids", Zeros(writer, "m", 12, 12)), "x W + b, found a product with transA, alpha or beta");
        Refuse(
            writer => writer.Node(
                "Attention", "com.microsoft", [("num_heads", 3), ("unidirectional", 1)], "input_ids", Zeros(writer, "m", 12, 36),
                Zeros(writer, "b", 36)),
            "attention to all tokens");
        Refuse(
            writer => writer.Node(
                "Attention", "com.microsoft", [("num_heads", 3)], "input_ids", Zeros(writer, "m", 12, 36), Zeros(writer, "b", 36)),
            "a layer of a known name that reads its result");
        Refuse(
            writer => writer.Node("Add", "encoder.layer.1.output.dense.bias", writer.Node("MatMul", "input_ids", Zeros(writer, "m", 20, 12))),
            "as both are 'encoder.layer.1.output.dense.weight', found others");
    }

    [Fact]
    public void Contradictions_in_heads_and_epsilons()
    {
        Refuse(
            writer => writer.Node("Reshape", "input_ids", writer.Integers([4], 0, 0, 4, 3)), "attention heads: expected the same everywhere, found 3 and 4");
        Refuse(
            writer => writer.Node("Sqrt", writer.Node("Add", "attention_mask", writer.Scalar(1e-5f))),
            "epsilon of layer normalization: expected the same everywhere");
    }

    [Fact]
    public void Positions_that_count_tokens()
    {
        var writer = new OnnxWriter();
        string counted = writer.Node("Add", writer.Node("CumSum", writer.Input("input_ids"), writer.Integers([], 1)), writer.Integers([], 1));
        string words = writer.Node("Gather", Zeros(writer, "roberta.embeddings.word_embeddings.weight", 5, 2), "input_ids");
        string positions = writer.Node("Gather", Zeros(writer, "roberta.embeddings.position_embeddings.weight", 5, 2), counted);
        writer.Node(
            "Gemm", "", [("transB", 1)], writer.Node("Add", words, positions), Zeros(writer, "roberta.encoder.layer.0.output.dense.weight", 2, 4),
            Zeros(writer, "roberta.encoder.layer.0.output.dense.bias", 2));
        Refuse(writer.ToBytes(), "positions that count tokens, as RoBERTa's");
    }

    [Fact]
    public void Graphs_without_the_tensors_of_an_encoder()
    {
        var writer = new OnnxWriter();
        writer.Node("MatMul", writer.Input("x"), Zeros(writer, "w1", 2, 2));
        Refuse(writer.ToBytes(), "expected tensors of BERT, ALBERT, DistilBERT, ELECTRA under the names of a checkpoint, found 'w1'");
        using OnnxFile file = OnnxFile.Read(OnnxExport.Of(s_spec, new ExportStyle()).Writer.ToBytes(), "model.onnx");
        ModelSpec larger = OnnxExport.Tiny(BertArchitecture.Bert, BertHead.QuestionAnswering);
        OnnxEncoder encoder = OnnxEncoder.Find(file, null);
        Assert.Contains("2 missing: qa_outputs.weight", Assert.Throws<ModelFormatException>(() => encoder.RequireTensorsOf(larger)).Message);
    }

    [Fact]
    public void Another_epsilon_than_the_family_has()
    {
        ModelSpec spec = OnnxExport.Tiny(BertArchitecture.DistilBert);
        spec = spec with { Dimensions = spec.Dimensions with { LayerNormEpsilon = 1e-5 } };
        Refuse(OnnxExport.Of(spec, new ExportStyle()).Writer.ToBytes(), "expected dimensions that a DistilBERT can have, found epsilon 1E-05 instead of 1E-12");
    }

    private static string Zeros(OnnxWriter writer, string name, params int[] shape) => writer.Floats(name, shape, new float[shape.Aggregate((x, y) => x * y)]);

    private static void Refuse(Action<OnnxWriter> change, string named)
    {
        OnnxExport export = OnnxExport.Of(s_spec, new ExportStyle());
        change(export.Writer);
        Refuse(export.Writer.ToBytes(), named);
    }

    private static void Refuse(byte[] bytes, string named)
    {
        using OnnxFile file = OnnxFile.Read(bytes, "model.onnx");
        Assert.Contains(named, Assert.Throws<ModelFormatException>(() => OnnxEncoder.Find(file, null)).Message);
    }
}
