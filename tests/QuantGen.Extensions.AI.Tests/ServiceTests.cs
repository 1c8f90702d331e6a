using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using QuantGen.Tasks;
using QuantGen.TestModels.Models;

namespace QuantGen.Extensions.AI.Tests;

public sealed class ServiceTests
{
    [Fact]
    public async Task Every_head_has_its_interface()
    {
        await using ServiceProvider provider = new ServiceCollection()
            .AddQuantGen(_ => Bert6.Load(PackedFile.Of<Bert6>()))
            .AddQuantGen(_ => Albert4Static.Load(PackedFile.Of<Albert4Static>()))
            .AddQuantGen(_ => Bert3.Load(PackedFile.Of<Bert3>()))
            .AddQuantGen(_ => Bert2Asymmetric.Load(PackedFile.Of<Bert2Asymmetric>()))
            .AddQuantGenEmbeddings(_ => Bert8.Load(PackedFile.Of<Bert8>()))
            .BuildServiceProvider();
        ITextClassifier classifier = provider.GetRequiredService<ITextClassifier>();
        Assert.Equal(provider.GetRequiredService<Bert6>().Classify("word1").Logits, (await classifier.ClassifyAsync("word1")).Logits);
        Assert.Equal(provider.GetRequiredService<Bert6>().Labels, classifier.Labels);
        Assert.Equal(
            provider.GetRequiredService<Albert4Static>().Regress("word1", "word2"),
            await provider.GetRequiredService<ITextScorer>().ScoreAsync(new TextInput("word1", "word2")));
        ITokenTagger tagger = provider.GetRequiredService<ITokenTagger>();
        Assert.Equal(provider.GetRequiredService<Bert3>().TagWords("word1 word2"), await tagger.TagAsync("word1 word2"));
        Assert.Equal(provider.GetRequiredService<Bert3>().Labels, tagger.Labels);
        Assert.Equal(
            provider.GetRequiredService<Bert2Asymmetric>().Answer("word1", "word2 word3"),
            await provider.GetRequiredService<IQuestionAnswerer>().AnswerAsync("word1", "word2 word3"));
        float[] vector = provider.GetRequiredService<Bert8>().Embed("word1");
        Assert.Equal(vector, (await provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GenerateVectorAsync("word1")).ToArray());
        Assert.NotNull(provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<sbyte>>>());
        Assert.NotNull(provider.GetRequiredService<IEmbeddingGenerator<string, BinaryEmbedding>>());
    }

    [Fact]
    public async Task Several_models_of_an_interface_have_their_classes_as_keys()
    {
        await using ServiceProvider provider = new ServiceCollection()
            .AddQuantGen(_ => Bert6.Load(PackedFile.Of<Bert6>()))
            .AddQuantGen(_ => Albert2.Load(PackedFile.Of<Albert2>()))
            .BuildServiceProvider();
        ITextClassifier first = provider.GetRequiredKeyedService<ITextClassifier>(typeof(Bert6));
        Assert.Equal(provider.GetRequiredService<Bert6>().Classify("word1").Logits, (await first.ClassifyAsync("word1")).Logits);
        Assert.Same(provider.GetRequiredKeyedService<ITextClassifier>(typeof(Albert2)), provider.GetRequiredService<ITextClassifier>());
    }

    [Fact]
    public void The_container_disposes_of_the_model()
    {
        Bert8 model;
        using (ServiceProvider provider = new ServiceCollection().AddQuantGenEmbeddings(_ => Bert8.Load(PackedFile.Of<Bert8>())).BuildServiceProvider())
        {
            model = provider.GetRequiredService<Bert8>();
            Assert.NotNull(provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>());
        }

        Assert.Throws<ObjectDisposedException>(() => model.Embed("word1"));
    }

    [Fact]
    public void Heads_without_an_interface_are_refused_when_they_are_added()
    {
        var services = new ServiceCollection();
        Assert.Throws<NotSupportedException>(() => services.AddQuantGenEmbeddings<Bert6>("model.qg.safetensors"));
        Assert.Throws<NotSupportedException>(() => services.AddQuantGen<Bert4Masked>("model.qg.safetensors"));
        Assert.Throws<ArgumentException>(() => services.AddQuantGen<Bert6>(string.Empty));
    }

    [Fact]
    public async Task A_program_is_tested_with_something_simpler_than_a_model()
    {
        ITextClassifier classifier = new AlwaysFirst();
        Assert.Equal("yes", (await classifier.ClassifyAsync("anything")).Label);
    }

    private sealed class AlwaysFirst : ITextClassifier
    {
        public IReadOnlyList<string> Labels => ["yes", "no"];

        public Task<IReadOnlyList<Prediction>> ClassifyAsync(IReadOnlyList<TextInput> texts, CancellationToken cancellation = default) =>
            Task.FromResult<IReadOnlyList<Prediction>>([.. texts.Select(_ => new Prediction(Labels, [1, 0]))]);
    }
}
