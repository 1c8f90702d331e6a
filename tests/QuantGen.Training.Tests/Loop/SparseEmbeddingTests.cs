using QuantGen.Trainable;
using QuantGen.Training.Loop;

namespace QuantGen.Training.Tests.Loop;

/// <summary>
/// Trainings of an embedding most of whose words are in no text end with the bits that they have where every row goes through the whole optimizer: a
/// weight's learning rate and decay are an embedding's.
/// </summary>
public sealed class SparseEmbeddingTests : IDisposable
{
    private const int Vocabulary = 3000;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("quantgen-sparse-");

    private string Checkpoint => Path.Combine(_folder.FullName, "training.safetensors");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public void A_training_ends_with_the_same_bytes(int parts, int threads)
    {
        string expected = Trained(ParameterKind.Weight, new TrainingOptions { Parts = parts, Threads = threads });
        Assert.Equal(expected, Trained(ParameterKind.Embedding, new TrainingOptions { Parts = parts, Threads = threads }));
        Assert.NotEqual(expected, Trained(ParameterKind.Embedding, new TrainingOptions { Optimizer = new() { WeightDecay = 0 } }));
    }

    [Theory]
    [InlineData("classifier.weight")]
    [InlineData("embeddings.word_embeddings.weight")]
    public void With_frozen_parts_too(string frozen) => Assert.Equal(
        Trained(ParameterKind.Weight, new TrainingOptions(), frozen), Trained(ParameterKind.Embedding, new TrainingOptions(), frozen));

    [Fact]
    public void And_when_it_was_interrupted()
    {
        string expected = Trained(ParameterKind.Weight, new TrainingOptions());
        using var cancellation = new CancellationTokenSource();
        var options = new TrainingOptions { CheckpointPath = Checkpoint };
        var cut = new BagTraining(options, new TrainerTests.StopAfter(20, cancellation), model: new BagModel(Vocabulary));
        Assert.Throws<OperationCanceledException>(() => cut.Trainer.Run(cancellation.Token));
        var rest = new BagTraining(options, model: new BagModel(Vocabulary));
        rest.Trainer.Resume();
        rest.Trainer.Run();
        Assert.Equal(expected, rest.Hash());
    }

    private static string Trained(ParameterKind kind, TrainingOptions options, string? frozen = null)
    {
        var model = new BagModel(Vocabulary, embedding: kind);
        foreach (Parameter parameter in model.Parameters)
        {
            parameter.IsFrozen = parameter.Name == frozen;
        }

        var training = new BagTraining(options, model: model);
        training.Trainer.Run();
        return training.Hash();
    }
}
