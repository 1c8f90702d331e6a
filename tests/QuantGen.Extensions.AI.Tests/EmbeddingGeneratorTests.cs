using Microsoft.Extensions.AI;
using QuantGen.Execution;
using QuantGen.TestModels.Models;
using QuantGen.Vectors;

namespace QuantGen.Extensions.AI.Tests;

public sealed class EmbeddingGeneratorTests : IDisposable
{
    private readonly Bert8 _model = Bert8.Load(PackedFile.Of<Bert8>());

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task Vectors_are_those_of_the_model_with_usage_and_metadata()
    {
        using IEmbeddingGenerator<string, Embedding<float>> generator = _model.Session.AsEmbeddingGenerator(new ModelServiceOptions { ModelId = "mini" });
        GeneratedEmbeddings<Embedding<float>> result = await generator.GenerateAsync(["word1 word2", "word3"]);
        Assert.Equal(_model.Embed("word1 word2"), result[0].Vector.ToArray());
        Assert.Equal(_model.Embed("word3"), result[1].Vector.ToArray());
        Assert.Equal(4 + 3, result.Usage!.InputTokenCount);
        Assert.Equal("mini", result[0].ModelId);
        var metadata = (EmbeddingGeneratorMetadata)generator.GetService(typeof(EmbeddingGeneratorMetadata))!;
        Assert.Equal(("quantgen", "mini", result[0].Vector.Length), (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Same(_model.Session, generator.GetService(typeof(InferenceSession)));
        Assert.Same(generator, generator.GetService(typeof(IEmbeddingGenerator<string, Embedding<float>>)));
        Assert.Null(generator.GetService(typeof(InferenceSession), "key"));
        Assert.Equal(_model.Embed("word3"), (await generator.GenerateVectorAsync("word3")).ToArray());
    }

    [Fact]
    public async Task Codes_are_those_of_the_calibration_or_of_each_vector()
    {
        float[][] vectors = [_model.Embed("word1 word2"), _model.Embed("word3")];
        Int8Calibration calibration = Int8Calibration.PerDimension(vectors);
        sbyte[] codes = new sbyte[vectors[0].Length];
        calibration.Quantize(vectors[1], codes);
        using var calibrated = _model.Session.AsInt8EmbeddingGenerator(new ModelServiceOptions { Int8 = calibration });
        Assert.Equal(codes, (await calibrated.GenerateAsync(["word3"]))[0].Vector.ToArray());

        Int8Calibration.QuantizeAlone(vectors[1], codes);
        using var alone = _model.Session.AsInt8EmbeddingGenerator();
        Assert.Equal(codes, (await alone.GenerateAsync(["word3"]))[0].Vector.ToArray());
    }

    [Fact]
    public async Task Bits_are_signs()
    {
        using var generator = _model.Session.AsBinaryEmbeddingGenerator();
        System.Collections.BitArray bits = (await generator.GenerateAsync(["word3"]))[0].Vector;
        Assert.Equal(_model.Embed("word3").Select(value => value > 0), bits.Cast<bool>());
    }

    [Fact]
    public async Task Vectors_are_cut_as_asked_for()
    {
        using var generator = _model.Session.AsEmbeddingGenerator(new ModelServiceOptions { Dimensions = 8 });
        float[] vector = _model.Embed("word3");
        Assert.Equal(VectorCodes.Truncate(vector, 8), (await generator.GenerateAsync(["word3"]))[0].Vector.ToArray());
        var asked = new EmbeddingGenerationOptions { Dimensions = 4 };
        Assert.Equal(VectorCodes.Truncate(vector, 4), (await generator.GenerateAsync(["word3"], asked))[0].Vector.ToArray());
    }

    [Fact]
    public async Task What_cannot_be_done_is_an_error()
    {
        using var generator = _model.Session.AsEmbeddingGenerator();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => generator.GenerateAsync(["word1"], new EmbeddingGenerationOptions { Dimensions = 4096 }));
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["word1"], new EmbeddingGenerationOptions { ModelId = "another" }));
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([null!]));
        await Assert.ThrowsAsync<SequenceTooLongException>(() => generator.GenerateAsync([string.Join(' ', Enumerable.Repeat("word1", 100))]));
        Assert.Throws<ArgumentException>(() => _model.Session.AsInt8EmbeddingGenerator(new ModelServiceOptions { Int8 = Int8Calibration.Global([[1]]) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => _model.Session.AsEmbeddingGenerator(new ModelServiceOptions { Dimensions = 4096 }));
        Assert.Throws<InvalidOperationException>(() => _model.Session.AsTextClassifier());
        using Bert6 classifier = Bert6.Load(PackedFile.Of<Bert6>());
        Assert.Throws<InvalidOperationException>(() => classifier.Session.AsEmbeddingGenerator());
    }

    [Fact]
    public async Task A_text_that_is_too_long_is_cut_where_the_options_say_so()
    {
        string[] words = [.. Enumerable.Range(0, 30).Select(i => $"word{i % 26}")];
        using var generator = _model.Session.AsEmbeddingGenerator(new ModelServiceOptions { MaxLength = 10 });
        GeneratedEmbeddings<Embedding<float>> result = await generator.GenerateAsync([string.Join(' ', words)]);
        Assert.Equal(_model.Embed(string.Join(' ', words[..8])), result[0].Vector.ToArray());
        Assert.Equal(10, result.Usage!.InputTokenCount);
    }
}
