using QuantGen.Execution;
using QuantGen.Packed;

namespace QuantGen.Tests.Execution;

public sealed class InferenceSessionTests
{
    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 40)]
    [InlineData(4, 40)]
    [InlineData(1, 16)]
    [InlineData(3, 16)]
    public void Outputs_do_not_depend_on_threads_batch_mates_or_splitting(int threads, int maxBatchTokens)
    {
        var program = new FakeProgram(SessionModel.Spec(BertHead.SequenceClassification), maxBatchTokens: maxBatchTokens);
        using InferenceSession session = SessionModel.Load(program, new LoadOptions { Threads = threads });
        Batch batch = Batch.Random(sequences: 25, seed: 3);
        float[] together = new float[25 * 3];
        session.Run(batch.Ids, batch.Types, batch.Lengths, together);
        int token = 0;
        for (int i = 0; i < 25; i++)
        {
            float[] alone = new float[3];
            int length = batch.Lengths[i];
            session.Run(batch.Ids.AsSpan(token, length), batch.Types.AsSpan(token, length), batch.Lengths.AsSpan(i, 1), alone, new CallOptions { Threads = 1 });
            Assert.Equal(alone, together[(i * 3)..((i * 3) + 3)]);
            Assert.Equal(Enumerable.Range(0, 3).Select(k => batch.Ids.Skip(token).Take(length).Sum(id => program.Logit(id, k))), alone);
            token += length;
        }
    }

    [Theory]
    [InlineData(BertHead.Encoder, 40)]
    [InlineData(BertHead.Embedding, 16)]
    public void Hidden_states_stand_in_the_order_of_the_tokens(BertHead head, int maxBatchTokens)
    {
        using InferenceSession session = SessionModel.Load(
            new FakeProgram(SessionModel.Spec(head), maxBatchTokens: maxBatchTokens), new LoadOptions { Threads = 2 });
        Batch batch = Batch.Random(sequences: 9, seed: 4);
        float[] hidden = new float[batch.Ids.Length * 8];
        session.RunHidden(batch.Ids, batch.Types, batch.Lengths, hidden);
        int token = 0;
        foreach (int length in batch.Lengths)
        {
            for (int position = 0; position < length; position++, token++)
            {
                Assert.Equal(FakeProgram.Hidden(batch.Ids[token], batch.Types[token], position, 5), hidden[(token * 8) + 5]);
            }
        }
    }

    [Fact]
    public void Outputs_per_token_are_not_mixed_up_by_splitting()
    {
        var program = new FakeProgram(SessionModel.Spec(BertHead.TokenClassification), maxBatchTokens: 16);
        using InferenceSession session = SessionModel.Load(program);
        Batch batch = Batch.Random(sequences: 9, seed: 5);
        float[] outputs = new float[batch.Ids.Length * 3];
        session.Run(batch.Ids, batch.Types, batch.Lengths, outputs);
        Assert.Equal(batch.Ids.SelectMany(id => Enumerable.Range(0, 3).Select(k => program.Logit(id, k))), outputs);
    }

    [Fact]
    public void An_empty_batch_has_empty_results()
    {
        using InferenceSession session = SessionModel.Load(new FakeProgram(SessionModel.Spec(BertHead.Regression)));
        session.Run([], [], [], []);
    }

    [Theory]
    [InlineData(new[] { 2, 25, 3 }, new byte[] { 0, 0, 0 }, new[] { 3 }, 1, "token 1 has the id 25, and this model has 0 to 24")]
    [InlineData(new[] { 2, -1, 3 }, new byte[] { 0, 0, 0 }, new[] { 3 }, 1, "token 1 has the id -1, and this model has 0 to 24")]
    [InlineData(new[] { 2, 5, 3 }, new byte[] { 0, 0, 2 }, new[] { 3 }, 1, "token 2 has the token type 2, and this model has 0 to 1")]
    [InlineData(new[] { 2, 5, 3 }, new byte[] { 0, 0, 0 }, new[] { 2, 2 }, 2, "add up to 4 tokens, and there are 3 ids and 3 token types")]
    [InlineData(new[] { 2, 5, 3 }, new byte[] { 0, 0 }, new[] { 3 }, 1, "add up to 3 tokens, and there are 3 ids and 2 token types")]
    [InlineData(new[] { 2, 5, 3 }, new byte[] { 0, 0, 0 }, new[] { 3, 0 }, 2, "sequence 1 has 0 tokens, and it needs at least 1")]
    [InlineData(new[] { 2, 5, 3 }, new byte[] { 0, 0, 0 }, new[] { -1 }, 1, "sequence 0 has -1 tokens, and it needs at least 1")]
    [InlineData(new[] { 2, 5, 3 }, new byte[] { 0, 0, 0 }, new[] { 17 }, 1, "sequence 0 has 17 tokens, and this model takes at most 16")]
    [InlineData(new[] { 2, 5, 3 }, new byte[] { 0, 0, 0 }, new[] { 3 }, 2, "outputs must have 1 x 1 = 1 elements, and it has 2")]
    public void Illegal_batches_are_refused_with_numbers(int[] ids, byte[] types, int[] lengths, int outputs, string message)
    {
        using InferenceSession session = SessionModel.Load(new FakeProgram(SessionModel.Spec(BertHead.Regression)));
        ArgumentException e = Assert.ThrowsAny<ArgumentException>(() => session.Run(ids, types, lengths, new float[outputs]));
        Assert.Contains(message, e.Message);
    }

    [Fact]
    public void Outputs_need_a_head_and_hidden_states_need_none()
    {
        using InferenceSession encoder = SessionModel.Load(new FakeProgram(SessionModel.Spec(BertHead.Encoder)));
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => encoder.Run([2], [0], [1], new float[1]));
        Assert.Equal("Run needs a model with a head that has outputs, and this model has the head Encoder", e.Message);
        using InferenceSession regression = SessionModel.Load(new FakeProgram(SessionModel.Spec(BertHead.Regression)));
        e = Assert.Throws<InvalidOperationException>(() => regression.RunHidden([2], [0], [1], new float[8]));
        Assert.Equal("RunHidden needs a model with the head Encoder, Embedding or MaskedLanguageModel, and this model has the head Regression", e.Message);
    }

    [Fact]
    public void An_observer_sees_every_token_once_in_order()
    {
        using InferenceSession session = SessionModel.Load(
            new FakeProgram(SessionModel.Spec(BertHead.Regression), maxBatchTokens: 16), new LoadOptions { Threads = 3 });
        Batch batch = Batch.Random(sequences: 6, seed: 6);
        var observer = new Recorder();
        session.Calibrate(batch.Ids, batch.Types, batch.Lengths, observer);
        Assert.Equal(batch.Ids, observer.Ids);
        session.Run(batch.Ids, batch.Types, batch.Lengths, new float[6]);
        Assert.Equal(batch.Ids.Length, observer.Ids.Count);
    }

    [Fact]
    public void A_model_made_for_another_spec_is_refused_and_disposed_of()
    {
        PackedModel model = SessionModel.Packed(SessionModel.Spec(BertHead.Regression, bits: 4));
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression, bits: 2));
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => InferenceSession.Load(model, program));
        Assert.Equal("tiny.safetensors: matrix 'encoder.layer.0.attention.self.query': expected 2 bits, found 4 bits", e.Message);
        Assert.Throws<ObjectDisposedException>(() => _ = model.Vocabulary.Length);
    }

    [Fact]
    public void Loading_reads_files_and_memory_alike()
    {
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression));
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using (PackedModel model = SessionModel.Packed(program.Spec))
            {
                model.Save(path);
            }

            using InferenceSession fromFile = InferenceSession.Load(path, program);
            using InferenceSession fromMemory = InferenceSession.Load(File.ReadAllBytes(path), program);
            Assert.Equal(fromFile.Regress("the cat"), fromMemory.Regress("the cat"));
            Assert.Equal("C#", fromFile.InstructionSet);
            Assert.Equal(16, fromFile.MaxSequenceLength);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Options_below_one_are_refused(int threads, int concurrentCalls)
    {
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => SessionModel.Load(program, new LoadOptions { Threads = threads, ConcurrentCalls = concurrentCalls }));
        using InferenceSession session = SessionModel.Load(program);
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Run([2], [0], [1], new float[1], new CallOptions { Threads = 0 }));
    }

    [Fact]
    public void Weights_that_cannot_be_placed_fail_the_load()
    {
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression)) { Place = (_, arena) => arena.Bytes(60, 5).Clear() };
        Assert.Throws<ArgumentOutOfRangeException>(() => SessionModel.Load(program));
    }

    internal sealed record Batch(int[] Ids, byte[] Types, int[] Lengths)
    {
        public static Batch Random(int sequences, int seed)
        {
            var random = new Random(seed);
            int[] lengths = [.. Enumerable.Range(0, sequences).Select(_ => random.Next(1, 17))];
            int[] ids = [.. Enumerable.Range(0, lengths.Sum()).Select(_ => random.Next(SessionModel.Words.Length))];
            return new Batch(ids, [.. ids.Select(_ => (byte)random.Next(2))], lengths);
        }
    }

    private sealed class Recorder : IActivationObserver
    {
        public List<int> Ids { get; } = [];

        public void Observe(int site, int use, ReadOnlySpan<float> values) => Ids.Add((int)values[0] / 32);
    }
}
