using System.Text.Json;
using QuantGen.Specs;
using QuantGen.Tests;
using QuantGen.Training.Batching;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Tests.Losses;

public sealed class ObjectiveTests
{
    [Fact]
    [Trait("Category", "Shared")]
    public void Distillation_losses_and_gradients_are_those_of_the_vectors()
    {
        using JsonDocument vectors = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Path("vectors/02_distillation.json")));
        JsonElement item = vectors.RootElement.GetProperty("cases")[0];
        double hidden = Sum(Layers(item, "hidden_student"), Layers(item, "hidden_teacher"));
        Assert.Equal(Number(item, "L_hidden"), hidden, 1e-6);

        // The vectors have a padded key; the sources count such a score as 0. Batches without padding have none.
        double attention = Sum(WithoutMasked(Layers(item, "scores_student")), WithoutMasked(Layers(item, "scores_teacher")));
        Assert.Equal(Number(item, "L_attention"), attention, 1e-6);
        float[] student = Flat(item.GetProperty("logits_student"));
        float[] teacher = Flat(item.GetProperty("logits_teacher"));
        float[] gradients = new float[6];
        double soft = RowLosses.SoftCrossEntropy(student, teacher, gradients, 2, 3, 2, 1, 1).Sum();
        Assert.Equal(Number(item, "L_sce_element_mean_T1"), soft, 1e-6);
        AssertClose(Flat(item.GetProperty("grad_logits_sce")), gradients);
        Assert.Equal(Number(item, "L_sce_element_mean_T2"), RowLosses.SoftCrossEntropy(student, teacher, new float[6], 2, 3, 2, 2, 1).Sum(), 1e-6);
        gradients = new float[6];
        int[] labels = [.. item.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32())];
        double truth = RowLosses.CrossEntropy(student, gradients, 2, 3, labels, RowLosses.CountedWeight(labels, null), LossOptions.Labels, 1).Sum();
        Assert.Equal(Number(item, "L_gt"), truth, 1e-6);
        AssertClose(Flat(item.GetProperty("grad_logits_ce")), gradients);
        Assert.Equal(Number(item, "L_total"), new LossParts(hidden, attention, soft, truth).Total, 1e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2.5)]
    public void Gradient_of_soft_cross_entropy_is_its_difference_quotient(double temperature)
    {
        float[] student = [0.3f, -1.2f, 0.7f, 2, 0.1f, -0.4f];
        float[] teacher = [1, 0.5f, -0.5f, -1, 0.2f, 3];
        float[] gradients = new float[6];
        RowLosses.SoftCrossEntropy(student, teacher, gradients, 2, 3, 2, temperature, 1).Sum();
        AssertGradients(student, gradients, () => RowLosses.SoftCrossEntropy(student, teacher, new float[6], 2, 3, 2, temperature, 1).Sum());
    }

    [Fact]
    public void Rows_without_a_class_count_neither_in_the_mean_nor_in_the_gradient()
    {
        float[] logits = [1, 2, 3, 0.5f, 0.25f, 0, 9, 9, 9];
        float[] gradients = new float[9];
        int[] targets = [2, 0, Example.Ignored];
        double counted = RowLosses.CountedWeight(targets, null);
        double loss = RowLosses.CrossEntropy(logits, gradients, 3, 3, targets, counted, LossOptions.Labels, 1).Sum();
        double expected = RowLosses.CrossEntropy(logits[..6], new float[6], 2, 3, [2, 0], counted, LossOptions.Labels, 1).Sum();
        Assert.Equal(expected, loss);
        Assert.Equal([0, 0, 0], gradients[6..]);
        Assert.Equal(0, RowLosses.CrossEntropy(logits, gradients, 1, 3, [Example.Ignored], 0, LossOptions.Labels, 1).Sum());
    }

    [Fact]
    public void A_head_that_nobody_gave_a_loss_is_refused()
    {
        var spec = new ModelSpec { Head = (BertHead)99, OutputCount = 2 };
        ArgumentException e = Assert.Throws<ArgumentException>(() => new Objective(spec, LossOptions.Labels, teacher: null, threads: 1));
        Assert.Contains("the head 99", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Squares_have_the_gradient_of_their_mean()
    {
        float[] outputs = [1, -2, 0.5f];
        float[] gradients = new float[3];
        Assert.Equal((1 + 4 + 0.25) / 3, RowLosses.Squares(outputs, gradients, [0, 0, 1], 3).Sum(), 1e-12);
        AssertGradients(outputs, gradients, () => RowLosses.Squares(outputs, new float[3], [0, 0, 1], 3).Sum());
    }

    [Fact]
    public void Spans_average_over_sequences_whose_answer_lies_inside()
    {
        var inside = new Example([1, 2, 3], new byte[3]) { AnswerStart = 1, AnswerEnd = 2 };
        var outside = new Example([1, 2], new byte[2]) { AnswerStart = 2, AnswerEnd = 5 };
        float[] logits = [0.1f, 0.2f, 1, -1, 0.5f, 0.4f, 3, 2, 1, 0];
        float[] gradients = new float[10];
        var batch = new Batch([inside, outside]);
        double both = SpanLosses.CrossEntropy(logits, gradients, batch, SpanLosses.Counted([batch])).Sum();
        Assert.Equal(SpanLosses.CrossEntropy(logits[..6], new float[6], new Batch([inside]), SpanLosses.Counted([new Batch([inside])])).Sum(), both, 1e-12);
        Assert.Equal([0, 0, 0, 0], gradients[6..]);
        double start = -1 + Math.Log(Math.Exp(0.1f) + Math.E + Math.Exp(0.5));
        double end = -0.4f + Math.Log(Math.Exp(0.2f) + Math.Exp(-1) + Math.Exp(0.4f));
        Assert.Equal((start + end) / 2, both, 1e-6);
        AssertGradients(logits, gradients, () => SpanLosses.CrossEntropy(logits, new float[10], batch, SpanLosses.Counted([batch])).Sum());
    }

    [Fact]
    public void Spans_of_a_teacher_average_over_all_tokens_of_start_and_end()
    {
        var batch = new Batch([new Example([1, 2, 3], new byte[3]), new Example([1, 2], new byte[2])]);
        float[] logits = [0.1f, 0.2f, 1, -1, 0.5f, 0.4f, 3, 2, 1, 0];
        float[] teacher = [1, 0, 2, 0.5f, 0, 0, -1, 1, 0.3f, 0.4f];
        float[] gradients = new float[10];
        double loss = SpanLosses.SoftCrossEntropy(logits, teacher, gradients, batch, 5, 2, 100).Sum();
        Assert.Equal(100 * SpanLosses.SoftCrossEntropy(logits, teacher, new float[10], batch, 5, 2, 1).Sum(), loss, 1e-9);
        AssertGradients(logits, gradients, () => SpanLosses.SoftCrossEntropy(logits, teacher, new float[10], batch, 5, 2, 100).Sum(), scale: 100);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(16385)]
    [InlineData(50000)]
    public void Differences_of_traces_do_not_depend_on_threads(int count)
    {
        float[] student = [.. Enumerable.Range(0, count).Select(i => MathF.Sin(i))];
        float[] teacher = [.. Enumerable.Range(0, count).Select(i => MathF.Cos(3 * i))];
        float[] one = new float[count];
        float[] four = new float[count];
        double loss = TraceLoss.Squares(student, teacher, one, [0, count], 1, count, 1, 1).Sum();
        Assert.Equal(loss, TraceLoss.Squares(student, teacher, four, [0, count], 1, count, 1, 4).Sum());
        Assert.Equal(one, four);
        Assert.Equal(student.Zip(teacher).Average(pair => Math.Pow(pair.First - pair.Second, 2)), loss, 1e-6);
        Assert.All(Enumerable.Range(0, count), i => Assert.Equal(2f / count * (student[i] - teacher[i]), one[i], 1e-9f));
    }

    private static void AssertGradients(float[] values, float[] gradients, Func<double> loss, double scale = 1)
    {
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];
            (float above, float below) = (value + 1e-3f, value - 1e-3f);
            values[i] = above;
            double more = loss();
            values[i] = below;
            double less = loss();
            values[i] = value;
            Assert.Equal((more - less) / ((double)above - below), gradients[i], 1e-5 * scale);
        }
    }

    private static void AssertClose(float[] expected, float[] actual) => Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));

    private static double Sum(float[][] student, float[][] teacher)
        => student.Zip(teacher).Sum(pair =>
            TraceLoss.Squares(pair.First, pair.Second, new float[pair.First.Length], [0, pair.First.Length], 1, pair.First.Length, 1, 1).Sum());

    private static float[][] WithoutMasked(float[][] layers) => [.. layers.Select(layer => Array.ConvertAll(layer, score => score <= -100 ? 0 : score))];

    private static double Number(JsonElement item, string key) => item.GetProperty(key).GetDouble();

    private static float[][] Layers(JsonElement item, string key) => [.. item.GetProperty(key).EnumerateArray().Select(Flat)];

    private static float[] Flat(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().SelectMany(Flat)] : [element.GetSingle()];
}
