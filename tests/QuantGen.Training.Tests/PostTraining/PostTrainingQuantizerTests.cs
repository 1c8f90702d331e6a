using QuantGen.Checkpoints;
using QuantGen.Packed;
using QuantGen.Training.PostTraining;

namespace QuantGen.Training.Tests.PostTraining;

public sealed class PostTrainingQuantizerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("quantgen-post-training-");

    private static PostTrainingOptions Options => new()
    {
        Tokenizer = Batching.Vocabularies.Of(TinyCheckpoint.Pieces), Labels = ["no", "yes"],
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Weight_that_is_no_number_is_the_documented_exception_whatever_the_threads(int threads)
    {
        string[] spoilt = ["encoder.layer.1.attention.self.query.weight", "encoder.layer.0.intermediate.dense.weight", "encoder.layer.1.output.dense.weight"];
        using Checkpoint checkpoint = TinyCheckpoint.Open(_folder.FullName, spoilt);
        ModelFormatException error = Assert.Throws<ModelFormatException>(
            () => PostTrainingQuantizer.Quantize(checkpoint, TinyCheckpoint.Spec, Options with { Threads = threads }));
        Assert.Contains("encoder.layer.0.intermediate.dense.weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_do_not_change_a_byte_and_there_is_at_least_one()
    {
        using Checkpoint checkpoint = TinyCheckpoint.Open(_folder.FullName);
        byte[] Bytes(int threads)
        {
            string path = Path.Combine(_folder.FullName, "model.qg.safetensors");
            PostTrainingQuantizer.Quantize(checkpoint, TinyCheckpoint.Spec, Options with { Threads = threads }).Builder.Save(path);
            return File.ReadAllBytes(path);
        }

        Assert.Equal(Bytes(1), Bytes(4));
        Assert.Throws<ArgumentOutOfRangeException>("Threads", () => Bytes(0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Cancelled_work_ends_before_the_next_matrix(int threads)
    {
        using Checkpoint checkpoint = TinyCheckpoint.Open(_folder.FullName);
        using var cancellation = new CancellationTokenSource();
        var progress = new CancelAtOnce(cancellation);
        Assert.Throws<OperationCanceledException>(
            () => PostTrainingQuantizer.Quantize(checkpoint, TinyCheckpoint.Spec, Options with { Threads = threads, Progress = progress }, cancellation.Token));
        Assert.InRange(progress.Reports, 1, threads);
    }

    [Fact]
    public void Cancelled_writing_leaves_what_was_there()
    {
        using Checkpoint checkpoint = TinyCheckpoint.Open(_folder.FullName);
        using PackedModel packed = PostTrainingQuantizer.Quantize(checkpoint, TinyCheckpoint.Spec, Options).Builder.Build();
        string path = Path.Combine(_folder.FullName, "model.qg.safetensors");
        string[] before = Directory.GetFileSystemEntries(_folder.FullName);
        Assert.Throws<OperationCanceledException>(() => packed.Save(path, new CancellationToken(canceled: true)));
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.FullName));
        packed.Save(path);
        byte[] bytes = File.ReadAllBytes(path);
        Assert.Throws<OperationCanceledException>(() => packed.Save(path, new CancellationToken(canceled: true)));
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    private sealed class CancelAtOnce(CancellationTokenSource cancellation) : IProgress<double>
    {
        public int Reports { get; private set; }

        public void Report(double value)
        {
            Reports++;
            cancellation.Cancel();
        }
    }
}
