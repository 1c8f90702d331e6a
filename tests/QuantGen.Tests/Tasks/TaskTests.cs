using QuantGen.Execution;
using QuantGen.Tasks;
using QuantGen.Tests.Execution;

namespace QuantGen.Tests.Tasks;

public sealed class TaskTests
{
    [Fact]
    public void Classifying_chooses_the_label_with_the_largest_logit()
    {
        using InferenceSession session = Session(BertHead.SequenceClassification, (word, k) => (word, k) switch { ("cat", 1) => 2, ("dog", 2) => 3, _ => 0 });
        Prediction cat = session.Classify("the cat");
        Assert.Equal(("label1", 1), (cat.Label, cat.LabelIndex));
        Assert.Equal([0f, 2f, 0f], cat.Logits);
        Assert.Equal(Math.Exp(2) / (Math.Exp(2) + 2), cat.Probability, 1e-6);
        Prediction pair = session.Classify("the cat", "the dog");
        Assert.Equal("label2", pair.Label);
        Assert.Equal([0f, 2f, 3f], pair.Logits);
        IReadOnlyList<Prediction> both = session.Classify(["the cat", new TextInput("the cat", "the dog"), "the mat"]);
        Assert.Equal(["label1", "label2", "label0"], both.Select(p => p.Label));
        Assert.Equal(pair.Logits, both[1].Logits);
        Assert.Equal(cat.Probability, both[0].Probability);
        Assert.Empty(session.Classify([]));
    }

    [Fact]
    public void Regression_returns_the_raw_output()
    {
        using InferenceSession session = Session(BertHead.Regression, (word, _) => word == "cat" ? -7.25f : 1);
        Assert.Equal(-4.25f, session.Regress("the cat"));
        Assert.Equal([-4.25f, 6f], session.Regress(["the cat", new TextInput("the", "dog .")]));
    }

    [Fact]
    public void Embeddings_are_means_over_all_tokens_or_the_first()
    {
        using InferenceSession session = Session(BertHead.Embedding);
        int[] ids = session.Tokenizer.Encode("the cat sat").Ids.ToArray();
        float[] mean = session.Embed("the cat sat", new EmbedOptions { Normalize = false });
        Assert.Equal(8, mean.Length);
        Assert.Equal(ids.Select((id, i) => (double)FakeProgram.Hidden(id, 0, i, 3)).Average(), mean[3], 1e-4);
        float[] first = session.Embed("the cat sat", new EmbedOptions { Pooling = EmbeddingPooling.Cls, Normalize = false });
        Assert.Equal(FakeProgram.Hidden(ids[0], 0, 0, 3), first[3]);
        float[][] normal = session.Embed(["the cat sat", "a dog"]);
        Assert.Equal(1, normal[0].Sum(x => (double)x * x), 1e-6);
        Assert.Equal(session.Embed("a dog"), normal[1]);
    }

    [Fact]
    public void A_text_is_embedded_where_the_caller_has_room_for_it()
    {
        using InferenceSession session = Session(BertHead.Embedding);
        float[] vector = new float[session.VectorLength];
        session.Embed("the cat sat", vector);
        Assert.Equal(session.Embed("the cat sat"), vector);

        var options = new EmbedOptions { Pooling = EmbeddingPooling.Max | EmbeddingPooling.Mean, Normalize = false, Prompt = "a dog " };
        float[] both = new float[2 * session.VectorLength];
        session.Embed("the cat sat", both, options);
        Assert.Equal(session.Embed("the cat sat", options), both);

        string text = string.Join(' ', Enumerable.Repeat("cat", 30));
        var cut = new CallOptions { MaxLength = 9, Threads = 1 };
        session.Embed(text, vector, options: cut);
        Assert.Equal(session.Embed(text, options: cut), vector);
        Assert.Equal(32, Assert.Throws<SequenceTooLongException>(() => session.Embed(text, vector)).Length);
        Assert.StartsWith(
            "A vector has 8 elements, and there is room for 16.", Assert.Throws<ArgumentException>(() => session.Embed("cat", both)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Many_texts_are_embedded_pass_by_pass()
    {
        using InferenceSession session = Session(BertHead.Encoder);
        string[] texts = [.. Enumerable.Range(1, 40).Select(i => string.Join(' ', Enumerable.Repeat("cat", 1 + (i % 13))))];
        float[][] together = session.Embed([.. texts.Select(t => new TextInput(t))]);
        Assert.Equal(40, together.Length);
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.Equal(session.Embed(texts[i]), together[i]);
        }

        SequenceTooLongException e = Assert.Throws<SequenceTooLongException>(
            () => session.Embed([.. texts.Select(t => new TextInput(t)), string.Join(' ', Enumerable.Repeat("cat", 15))]));
        Assert.Equal((40, 17), (e.Index, e.Length));
    }

    [Fact]
    public void Tokens_are_tagged_with_their_place_in_the_text()
    {
        using InferenceSession session = Session(BertHead.TokenClassification, (word, k) => (word, k) switch { ("cat", 1) => 2, ("##ing", 2) => 5, _ => 0 });
        IReadOnlyList<TokenTag> tags = session.TagTokens("The cat, playing.");
        Assert.Equal(["the", "cat", "[UNK]", "play", "##ing", "."], tags.Select(t => t.Piece));
        Assert.Equal([(0, 3), (4, 7), (7, 8), (9, 13), (13, 16), (16, 17)], tags.Select(t => (t.Start, t.End)));
        Assert.Equal(["label0", "label1", "label0", "label0", "label2", "label0"], tags.Select(t => t.Label));
        Assert.Equal(Math.Exp(2) / (Math.Exp(2) + 2), tags[1].Probability, 1e-6);
        IReadOnlyList<WordTag> words = session.TagWords("The cat, playing.");
        Assert.Equal(["The", "cat", ",", "playing", "."], words.Select(w => w.Text));
        Assert.Equal(["label0", "label1", "label0", "label0", "label0"], words.Select(w => w.Label));
    }

    [Fact]
    public void Many_texts_are_tagged_in_their_order()
    {
        using InferenceSession session = Session(BertHead.TokenClassification, (word, k) => (word, k) switch { ("cat", 1) => 2, ("##ing", 2) => 5, _ => 0 });
        TextInput[] texts = [.. Enumerable.Range(0, 30).Select(i => new TextInput(string.Join(' ', Enumerable.Repeat(i % 3 == 0 ? "cat" : "playing", i % 7))))];
        IReadOnlyList<IReadOnlyList<TokenTag>> tags = session.TagTokens(texts);
        IReadOnlyList<IReadOnlyList<WordTag>> words = session.TagWords(texts);
        Assert.Equal((30, 30), (tags.Count, words.Count));
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.Equal(session.TagTokens(texts[i].Text), tags[i]);
            Assert.Equal(session.TagWords(texts[i].Text), words[i]);
        }

        Assert.Equal(["the", "cat"], session.TagTokens([new TextInput("the cat", "a dog")])[0].Select(tag => tag.Piece));
        Assert.Empty(session.TagWords([]));
    }

    [Fact]
    public void A_cancelled_call_ends_before_its_next_pass()
    {
        using var source = new CancellationTokenSource();
        int passes = 0;
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression)) { Logit = (_, _) => 1 };
        program.Also = (phase, item, _) =>
        {
            if (phase == 2 && item == 0 && ++passes == 2)
            {
                source.Cancel();
            }
        };
        using InferenceSession session = SessionModel.Load(program, new LoadOptions { Threads = 1 });

        // Eight texts of 5 tokens fill a pass of 40.
        TextInput[] texts = [.. Enumerable.Repeat(new TextInput("the cat sat"), 32)];
        Assert.ThrowsAny<OperationCanceledException>(() => session.Regress(texts, cancellation: source.Token));
        Assert.Equal(2, passes);
        Assert.Equal(32, session.Regress(texts).Length);
        Assert.Equal(6, passes);
        Assert.ThrowsAny<OperationCanceledException>(() => session.Regress(texts, cancellation: source.Token));
        Assert.Equal(6, passes);
    }

    [Fact]
    public void Long_texts_throw_unless_truncation_is_asked_for()
    {
        using InferenceSession session = Session(BertHead.Regression, (_, _) => 1);
        string text = string.Join(' ', Enumerable.Repeat("cat", 30));
        SequenceTooLongException e = Assert.Throws<SequenceTooLongException>(() => session.Regress(["cat", text]));
        Assert.Contains("sequence 1 has 32 tokens, and this model takes at most 16", e.Message);
        Assert.Equal((1, 32, 16), (e.Index, e.Length, e.MaxLength));
        Assert.Equal(16f, session.Regress(text, options: new CallOptions { MaxLength = 16 }));
        Assert.Equal(5f, session.Regress(text, text, new CallOptions { MaxLength = 5 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Regress("cat", options: new CallOptions { MaxLength = 17 }));
        Assert.ThrowsAny<ArgumentException>(() => session.Regress("cat", options: new CallOptions { MaxLength = 1 }));
    }

    [Fact]
    public void A_task_says_which_head_it_needs()
    {
        using InferenceSession session = Session(BertHead.Regression);
        Check("Classify needs a model with the head SequenceClassification, and this model has the head Regression", () => session.Classify("cat"));
        Check("TagTokens needs a model with the head TokenClassification, and this model has the head Regression", () => session.TagWords("cat"));
        Check("Answer needs a model with the head QuestionAnswering, and this model has the head Regression", () => session.Answer("who", "cat"));
        Check("Embed needs a model with the head Embedding or Encoder, and this model has the head Regression", () => session.Embed("cat"));
        Check("Embed needs a model with the head Embedding or Encoder, and this model has the head Regression", () => session.Embed("cat", new float[8]));
        using InferenceSession classifier = Session(BertHead.SequenceClassification);
        Check("Regress needs a model with the head Regression, and this model has the head SequenceClassification", () => classifier.Regress("cat"));
    }

    [Fact]
    public void Texts_that_are_null_are_refused()
    {
        using InferenceSession session = Session(BertHead.Regression);
        Assert.Throws<ArgumentNullException>(() => session.Regress((string)null!));
        Assert.Throws<ArgumentNullException>(() => session.Regress((IReadOnlyList<TextInput>)null!));
    }

    internal static InferenceSession Session(BertHead head, Func<string, int, float>? logit = null, int maxSequenceLength = 16)
    {
        var program = new FakeProgram(SessionModel.Spec(head), maxSequenceLength);
        if (logit is not null)
        {
            program.Logit = (id, k) => logit(SessionModel.Words[id], k);
        }

        return SessionModel.Load(program, new LoadOptions { Threads = 2 });
    }

    private static void Check(string message, Action call) => Assert.Equal(message, Assert.Throws<InvalidOperationException>(call).Message);
}
