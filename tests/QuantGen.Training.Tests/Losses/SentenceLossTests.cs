using QuantGen.Graph;
using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Tasks;
using QuantGen.Trainable;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Tests.Losses;

public sealed class SentenceLossTests
{
    private const int Size = 6;
    private static readonly int[] s_starts = [0, 3, 4, 9];

    public static TheoryData<EmbeddingPooling, HiddenActivation?, int> Heads => new()
    {
        { EmbeddingPooling.Mean, null, 0 },
        { EmbeddingPooling.Cls, null, 0 },
        { EmbeddingPooling.Max | EmbeddingPooling.MeanSqrtLen, null, 2 },
        { EmbeddingPooling.Mean | EmbeddingPooling.LastToken, HiddenActivation.Tanh, 1 },
        { EmbeddingPooling.Mean, HiddenActivation.Gelu, 0 },
    };

    [Theory]
    [MemberData(nameof(Heads))]
    public void Gradients_of_hidden_states_are_difference_quotients(EmbeddingPooling pooling, HiddenActivation? activation, int skipped)
    {
        var loss = new SentenceLoss(new SentenceTask(Head(pooling, activation), string.Empty, skipped), threads: 2);
        TrainingTrace student = Trace(1);
        TrainingTrace teacher = Trace(2);
        float[] hidden = student.Hidden[^1];
        float[] gradient = new float[hidden.Length];
        Array.Fill(gradient, 0.25f);
        (double[] sentence, double[] similarity) = loss.Add(student, teacher, s_starts, gradient, 3, 3, 7);
        Assert.True(sentence.Sum() > 0.1 && similarity.Sum() > 0.01);
        for (int i = 0; i < s_starts[^1] * Size; i++)
        {
            float value = hidden[i];
            (float above, float below) = (value + 1e-3f, value - 1e-3f);
            hidden[i] = above;
            double more = Total(loss, student, teacher);
            hidden[i] = below;
            double less = Total(loss, student, teacher);
            hidden[i] = value;
            Assert.Equal((more - less) / ((double)above - below), gradient[i] - 0.25, 1e-3);
        }
    }

    [Fact]
    public void Both_parts_are_what_they_are_called()
    {
        SentenceHead head = Head(EmbeddingPooling.Mean, null);
        TrainingTrace student = Trace(1);
        TrainingTrace teacher = Trace(2);
        float[][] ours = Vectors(head, student);
        float[][] theirs = Vectors(head, teacher);
        (double[] sentence, double[] similarity) = new SentenceLoss(new SentenceTask(head, string.Empty, 0), 1)
            .Add(student, teacher, s_starts, new float[s_starts[^1] * Size], 3, 1, 1);
        Assert.Equal(Enumerable.Range(0, 3).Average(i => 1 - Dot(ours[i], theirs[i])), sentence.Sum(), 1e-6);
        double expected = Enumerable.Range(0, 9).Average(pair =>
            Math.Pow(Dot(ours[pair / 3], ours[pair % 3]) - Dot(theirs[pair / 3], theirs[pair % 3]), 2));
        Assert.Equal(expected, similarity.Sum(), 1e-6);
    }

    [Fact]
    public void A_student_like_its_teacher_has_nothing_to_learn()
    {
        float[] gradient = new float[s_starts[^1] * Size];
        (double[] sentence, double[] similarity) = new SentenceLoss(new SentenceTask(Head(EmbeddingPooling.Mean, null), string.Empty, 0), 1)
            .Add(Trace(1), Trace(1), s_starts, gradient, 3, 1, 1);
        Assert.Equal((0, 0), (sentence.Sum(), similarity.Sum()));
        Assert.All(gradient, value => Assert.Equal(0, value, 1e-7f));
    }

    [Fact]
    public void A_loss_of_vectors_needs_to_know_how_they_are_made()
    {
        ModelSpec spec = Trace(1).Spec;
        Assert.Throws<ArgumentException>(() => new Objective(spec, LossOptions.Sentences, spec, threads: 1));
    }

    private static double Total(SentenceLoss loss, TrainingTrace student, TrainingTrace teacher)
    {
        (double[] sentence, double[] similarity) = loss.Add(student, teacher, s_starts, new float[s_starts[^1] * Size], 3, 3, 7);
        return sentence.Sum() + similarity.Sum();
    }

    private static SentenceHead Head(EmbeddingPooling pooling, HiddenActivation? activation)
    {
        int inputs = System.Numerics.BitOperations.PopCount((uint)pooling) * Size;
        if (activation is null)
        {
            return new SentenceHead(new SentenceEncoding { Pooling = pooling }, Size);
        }

        var random = new Random(3);
        var layer = new SentenceLayer(inputs, 4, activation, HasBias: true);
        return new SentenceHead(
            new SentenceEncoding { Pooling = pooling, Layers = new EquatableArray<SentenceLayer>([layer]) }, Size,
            [[.. Enumerable.Range(0, 4 * inputs).Select(_ => random.NextSingle() - 0.5f)]], [[0.1f, -0.2f, 0.3f, 0]]);
    }

    private static TrainingTrace Trace(int seed)
    {
        var dimensions = new ModelConfig { Layers = 1, HiddenSize = Size, Heads = 2 };
        var trace = new TrainingTrace(new ModelSpec { Dimensions = dimensions, Head = BertHead.Encoder });
        trace.Resize(new TrainingBatch(new int[s_starts[^1]], new byte[s_starts[^1]], s_starts));
        var random = new Random(seed);
        for (int i = 0; i < trace.Hidden[^1].Length; i++)
        {
            trace.Hidden[^1][i] = (2 * random.NextSingle()) - 1;
        }

        return trace;
    }

    private static float[][] Vectors(SentenceHead head, TrainingTrace trace) =>
    [
        .. Enumerable.Range(0, 3).Select(i => head.Vector(trace.Hidden[^1].AsSpan(s_starts[i] * Size, (s_starts[i + 1] - s_starts[i]) * Size), 0)),
    ];

    private static double Dot(float[] x, float[] y) => x.Zip(y).Sum(pair => (double)pair.First * pair.Second);
}
