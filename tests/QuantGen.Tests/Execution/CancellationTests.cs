using QuantGen.Execution;
using QuantGen.Linear;
using QuantGen.Packed;
using QuantGen.Tasks;

namespace QuantGen.Tests.Execution;

/// <summary>What can take long can be cancelled, and everything can be used afterwards.</summary>
public sealed class CancellationTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_pass_ends_before_its_next_phase_and_the_session_goes_on(int threads)
    {
        CancellationTokenSource? cancels = new();
        int later = 0;
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression))
        {
            Also = (phase, _, _) =>
            {
                if (phase == 1)
                {
                    cancels?.Cancel();
                }

                later += phase == 2 ? 1 : 0;
            },
        };
        using InferenceSession session = SessionModel.Load(
            program, new LoadOptions { Threads = threads, ConcurrentCalls = 1, Team = new WorkerTeam(threads) });
        float[] outputs = new float[1];
        CallOptions options = new() { CancellationToken = cancels.Token };
        var e = Assert.ThrowsAny<OperationCanceledException>(() => session.Run([2, 3], [0, 0], [2], outputs, options));
        Assert.Equal(options.CancellationToken, e.CancellationToken);
        Assert.Equal(0, later);

        cancels = null;
        session.Run([2, 3], [0, 0], [2], outputs);
        Assert.Equal(program.Logit(2, 0) + program.Logit(3, 0), outputs[0]);
        Assert.Equal(1, later);
    }

    [Fact]
    public void A_cancelled_call_computes_nothing()
    {
        var program = new FakeProgram(SessionModel.Spec(BertHead.SequenceClassification)) { Also = (_, _, _) => throw new InvalidDataException() };
        using InferenceSession session = SessionModel.Load(program);
        CallOptions cancelled = new() { CancellationToken = new CancellationToken(canceled: true) };
        Assert.ThrowsAny<OperationCanceledException>(() => session.Classify([new TextInput("the cat"), new TextInput("a dog")], cancelled));
        Assert.ThrowsAny<OperationCanceledException>(() => session.Classify("the cat", options: cancelled));
        Assert.ThrowsAny<OperationCanceledException>(() => session.Run([2], [0], [1], new float[3], cancelled));
        Assert.ThrowsAny<OperationCanceledException>(() => session.Calibrate([2], [0], [1], new NoObserver(), cancelled.CancellationToken));
    }

    [Fact]
    public void Lists_end_between_texts()
    {
        using var cancellation = new CancellationTokenSource();
        using InferenceSession session = SessionModel.Load(new FakeProgram(SessionModel.Spec(BertHead.Regression)));
        var texts = new CancellingList(cancellation, cancelsAt: 2);
        Assert.ThrowsAny<OperationCanceledException>(() => session.Regress(texts, new CallOptions { CancellationToken = cancellation.Token }));
        Assert.Equal(2, texts.Last);
    }

    [Fact]
    public async Task Asynchronous_calls_wait_without_a_thread_and_give_the_same()
    {
        using InferenceSession session = SessionModel.Load(
            new FakeProgram(SessionModel.Spec(BertHead.SequenceClassification)), new LoadOptions { ConcurrentCalls = 1 });
        TextInput[] texts = [new TextInput("the cat sat"), new TextInput("a dog", "who is red")];
        IReadOnlyList<Prediction>[] all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => session.ClassifyAsync(texts))).WaitAsync(s_long);
        IReadOnlyList<Prediction> expected = session.Classify(texts);
        Assert.All(all, predictions => Assert.Equal(expected.Select(p => (p.Label, p.Probability)), predictions.Select(p => (p.Label, p.Probability))));

        using InferenceSession embedding = SessionModel.Load(new FakeProgram(SessionModel.Spec(BertHead.Embedding)));
        Assert.Equal(embedding.Embed(texts), await embedding.EmbedAsync(texts).WaitAsync(s_long));
        using InferenceSession regression = SessionModel.Load(new FakeProgram(SessionModel.Spec(BertHead.Regression)));
        Assert.Equal(regression.Regress(texts), await regression.RegressAsync(texts).WaitAsync(s_long));
        CallOptions cancelled = new() { CancellationToken = new CancellationToken(canceled: true) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => regression.RegressAsync(texts, cancelled).WaitAsync(s_long));
        regression.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => regression.RegressAsync(texts).WaitAsync(s_long));
    }

    [Fact]
    public void A_cancelled_load_leaves_no_weights_and_no_model()
    {
        using var cancellation = new CancellationTokenSource();
        WeightArena? arena = null;
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression))
        {
            Place = (_, weights) =>
            {
                arena = weights;
                cancellation.Cancel();
            },
        };
        var team = new WorkerTeam(2);
        PackedModel model = SessionModel.Packed(program.Spec);
        var options = new LoadOptions { CancellationToken = cancellation.Token, Team = team };
        Assert.ThrowsAny<OperationCanceledException>(() => InferenceSession.Load(model, program, options));
        Assert.Throws<ObjectDisposedException>(() => arena!.Bytes(0, 1));
        Assert.Throws<ObjectDisposedException>(() => model.Floats("embeddings.LayerNorm.weight"));
        Assert.Equal(0, team.ThreadCount);
    }

    [Fact]
    public void A_file_whose_check_is_cancelled_is_closed()
    {
        string path = Path.GetTempFileName();
        try
        {
            SessionModel.Packed(SessionModel.Spec(BertHead.Regression)).Save(path);
            var cancelled = new CancellationToken(canceled: true);
            Assert.ThrowsAny<OperationCanceledException>(() => PackedModel.Open(path, cancelled));
            Assert.ThrowsAny<OperationCanceledException>(() => PackedModel.Read(File.ReadAllBytes(path), "bytes", cancelled));
            Assert.ThrowsAny<OperationCanceledException>(() => InferenceSession.Load(
                path, new FakeProgram(SessionModel.Spec(BertHead.Regression)), new LoadOptions { CancellationToken = cancelled }));
            using FileStream alone = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            Assert.NotEqual(0, alone.Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private sealed class NoObserver : IActivationObserver
    {
        public void Observe(int layer, int site, ReadOnlySpan<float> values) => throw new InvalidDataException();
    }

    private sealed class CancellingList(CancellationTokenSource source, int cancelsAt) : IReadOnlyList<TextInput>
    {
        public int Last { get; private set; }

        public int Count => 5;

        public TextInput this[int index]
        {
            get
            {
                Last = index;
                if (index == cancelsAt)
                {
                    source.Cancel();
                }

                return new TextInput("the cat");
            }
        }

        public IEnumerator<TextInput> GetEnumerator() => Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
