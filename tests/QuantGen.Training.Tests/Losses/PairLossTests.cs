using QuantGen.Graph;
using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Tasks;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Tests.Losses;

public sealed class PairLossTests
{
    private const int Size = 6;

    [Theory]
    [InlineData(SentenceObjective.Cosine, 2)]
    [InlineData(SentenceObjective.Ranking, 2)]
    [InlineData(SentenceObjective.Ranking, 3)]
    public void Gradients_of_hidden_states_are_difference_quotients(SentenceObjective objective, int parts)
    {
        (Batch batch, TrainingTrace trace) = Make(parts);
        float[] hidden = trace.Hidden[^1];
        float[] gradient = new float[hidden.Length];
        Array.Fill(gradient, 0.25f);
        Assert.True(Loss(objective).Add(trace, batch, gradient) > 0.01);
        for (int i = 0; i < batch.Inputs.TokenCount * Size; i++)
        {
            float value = hidden[i];
            (float above, float below) = (value + 1e-3f, value - 1e-3f);
            hidden[i] = above;
            double more = Loss(objective).Add(trace, batch, new float[hidden.Length]);
            hidden[i] = below;
            double less = Loss(objective).Add(trace, batch, new float[hidden.Length]);
            hidden[i] = value;
            Assert.Equal((more - less) / ((double)above - below), gradient[i] - 0.25, 2e-3);
        }
    }

    [Fact]
    public void Losses_are_those_made_by_hand()
    {
        (Batch batch, TrainingTrace trace) = Make(2);
        double[] vectors = new double[4 * Size];
        for (int text = 0; text < 4; text++)
        {
            int first = batch.Inputs.Starts[text];
            int count = batch.Inputs.Starts[text + 1] - first;
            float[] hidden = trace.Hidden[^1];
            double[] mean = [.. Enumerable.Range(0, Size).Select(k => Enumerable.Range(first, count).Average(token => (double)hidden[(token * Size) + k]))];
            double length = Math.Sqrt(mean.Sum(value => value * value));
            Array.ConvertAll(mean, value => value / length).CopyTo(vectors, text * Size);
        }

        double Cosine(int i, int j) => Enumerable.Range(0, Size).Sum(k => vectors[(i * Size) + k] * vectors[(j * Size) + k]);
        double squares = (Math.Pow(Cosine(0, 2) - 0.5, 2) + Math.Pow(Cosine(1, 3) - 1, 2)) / 2;
        Assert.Equal(squares, Loss(SentenceObjective.Cosine).Add(trace, batch, new float[trace.Hidden[^1].Length]), 1e-6);
        double Row(int i) => Math.Log(Math.Exp(20 * Cosine(i, 2)) + Math.Exp(20 * Cosine(i, 3))) - (20 * Cosine(i, 2 + i));
        Assert.Equal((Row(0) + Row(1)) / 2, Loss(SentenceObjective.Ranking).Add(trace, batch, new float[trace.Hidden[^1].Length]), 1e-4);
    }

    [Fact]
    public void Batches_have_all_first_texts_before_the_second_ones()
    {
        Example[] first = [Text(3), Text(5)];
        Example[] second = [Text(4), Text(9)];
        var source = new PairedBatchSource([first, second], 2, 1);
        Assert.Equal((21, 9), source.Largest(0));
        Batch batch = source.Make([1, 0], 0);
        Assert.Equal([5, 3, 9, 4], batch.Examples.Select(example => example.Length));
        Assert.Equal([0, 0, 1, 1], batch.Examples.Select(example => example.PartOf));
        Assert.Throws<ArgumentException>(() => new PairedBatchSource([first, [Text(1)]], 2, 1));
    }

    private static PairLoss Loss(SentenceObjective objective) =>
        new(new SentenceTask(new SentenceHead(new SentenceEncoding { Pooling = EmbeddingPooling.Mean }, Size), string.Empty, 0), objective, threads: 2);

    private static Example Text(int length) => new(new int[length], new byte[length]);

    private static (Batch Batch, TrainingTrace Trace) Make(int parts)
    {
        Example[][] texts = [.. Enumerable.Range(0, parts).Select(part => new[] { Text(2 + part) with { Label = 0.5 }, Text(3) with { Label = 1 } })];
        Batch batch = new PairedBatchSource(texts, 2, 1).Make([0, 1], 0);
        var dimensions = new ModelConfig { Layers = 1, HiddenSize = Size, Heads = 2 };
        var trace = new TrainingTrace(new ModelSpec { Dimensions = dimensions, Head = BertHead.Encoder });
        trace.Resize(batch.Inputs);
        var random = new Random(5);
        for (int i = 0; i < trace.Hidden[^1].Length; i++)
        {
            trace.Hidden[^1][i] = (2 * random.NextSingle()) - 1;
        }

        return (batch, trace);
    }
}
