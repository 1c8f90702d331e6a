using QuantGen.Checkpoints;
using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Tasks;

namespace QuantGen.Tests.Packed;

public sealed class PackedSentenceTests
{
    [Fact]
    public void A_sentence_encoder_keeps_its_description_and_its_dense_layers()
    {
        SentenceEncoding encoding = Encoding(layers: 2) with
        {
            MaxLength = 3,
            LowerCase = true,
            Prompts = new EquatableArray<SentencePrompt>([new SentencePrompt("query", "find \"this\": ")]),
            DefaultPrompt = "query",
        };
        using PackedModel model = Build(TinyModel.Spec(), encoding);
        Assert.Equal(encoding, model.Sentence);
        SentenceHead head = model.SentenceHead();
        Assert.Equal(4, head.Width);
        Assert.Equal(Weights(5 * 16), head.Weights(0).ToArray());
        Assert.Equal(Weights(5), head.Biases(0).ToArray());
        Assert.Empty(head.Biases(1).ToArray());
        Assert.Equal(4 * ((5 * 16) + 5 + (4 * 5)), model.Ledger.Head);
        Assert.Equal(model.FileLength, model.Ledger.Total);
    }

    [Fact]
    public void Without_a_description_vectors_are_normalized_means()
    {
        using PackedModel model = TinyModel.Builder(TinyModel.Spec()).Build();
        Assert.Null(model.Sentence);
        Assert.Equal(new SentenceEncoding(), model.SentenceHead().Encoding);
    }

    [Fact]
    public void A_classifier_has_no_vectors() =>
        Assert.Throws<ArgumentException>(() => Build(TinyModel.Classifier(), new SentenceEncoding()));

    [Fact]
    public void A_damaged_tensor_is_found()
    {
        byte[] bytes = File(Encoding(layers: 1));
        using (SafetensorsFile file = SafetensorsFile.Read(bytes, "whole"))
        {
            Assert.True(file.TryGet("sentence.layers.0.weight", out SafetensorsTensor? tensor));
            bytes[tensor.Offset] ^= 1;
        }

        ModelFormatException e = Assert.Throws<ModelFormatException>(() => PackedModel.Read(bytes, "damaged"));
        Assert.Contains("sentence.layers.0", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "pooling")]
    [InlineData("""{"pooling":["median"],"normalize":true}""", "'median'")]
    [InlineData("""{"pooling":["mean"]}""", "normalize")]
    [InlineData("""{"pooling":["mean"],"normalize":1}""", "true or false")]
    [InlineData("""{"pooling":["mean"],"normalize":true,"max_length":0}""", "max_length")]
    [InlineData("""{"pooling":["mean"],"normalize":true,"layers":[{"inputs":2,"outputs":99999999,"bias":true}]}""", "outputs")]
    [InlineData("""{"pooling":["mean"],"normalize":true,"layers":[{"inputs":2,"outputs":2,"bias":true,"activation":"sine"}]}""", "'sine'")]
    [InlineData("""{"pooling":["mean"],"normalize":true,"more":1}""", "another key")]
    [InlineData("[]", "an object")]
    public void A_description_that_is_none_is_refused(string json, string named) =>
        Assert.Contains(named, Assert.Throws<ModelFormatException>(() => SentenceJson.Read(json, "file")).Message, StringComparison.Ordinal);

    private static SentenceEncoding Encoding(int layers) => new()
    {
        Pooling = EmbeddingPooling.Cls | EmbeddingPooling.Mean,
        Normalize = false,
        Layers = new EquatableArray<SentenceLayer>(new SentenceLayer[]
        {
            new(16, 5, HiddenActivation.Tanh, HasBias: true), new(5, 4, null, HasBias: false),
        }.Take(layers)),
    };

    private static PackedModel Build(ModelSpec spec, SentenceEncoding encoding) => Builder(spec, encoding).Build();

    private static byte[] File(SentenceEncoding encoding) => Builder(TinyModel.Spec(), encoding).ToBytes();

    private static PackedModelBuilder Builder(ModelSpec spec, SentenceEncoding encoding)
    {
        PackedModelBuilder builder = TinyModel.Builder(spec);
        builder.AddSentence(new SentenceHead(
            encoding,
            spec.Dimensions.HiddenSize,
            [.. encoding.Layers.Select(layer => Weights(layer.Inputs * layer.Outputs))],
            [.. encoding.Layers.Select(layer => Weights(layer.HasBias ? layer.Outputs : 0))]));
        return builder;
    }

    private static float[] Weights(int count) => [.. Enumerable.Range(0, count).Select(i => (i % 7) - 3f)];
}
