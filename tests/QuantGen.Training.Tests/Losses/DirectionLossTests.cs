using System.Text.Json;
using QuantGen.Specs;
using QuantGen.Tests;
using QuantGen.Trainable;
using QuantGen.Training.Losses;

namespace QuantGen.Training.Tests.Losses;

/// <summary>Direction-matching distillation against the vectors, and its gradients against differences.</summary>
public sealed class DirectionLossTests
{
    [Fact]
    [Trait("Category", "Shared")]
    public void Distances_are_those_of_the_vectors()
    {
        using JsonDocument vectors = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Path("vectors/06_bibert.json")));
        JsonElement item = vectors.RootElement.GetProperty("cases").EnumerateArray().First(c => c.GetProperty("name").GetString()!.StartsWith("DMD one"));
        (TrainingTrace student, int[] starts) = Trace(heads: 1, width: 4, 3);
        (TrainingTrace teacher, _) = Trace(heads: 1, width: 4, 3);
        (TrainingTrace gradients, _) = Trace(heads: 1, width: 4, 3);
        student.Projected[0] = SideBySide(item.GetProperty("student_QKV"));
        teacher.Projected[0] = SideBySide(item.GetProperty("teacher_QKV"));
        Assert.Equal(
            item.GetProperty("L_DMD").GetDouble(), DirectionLoss.Products(student, teacher, gradients, starts, Layers(student), threads: 1), 1e-6);
        teacher.Projected[0] = Array.ConvertAll(student.Projected[0], value => 3 * value);
        Assert.Equal(0, DirectionLoss.Products(student, teacher, gradients, starts, Layers(student), threads: 1), 1e-6);
    }

    [Fact]
    public void Gradients_of_products_are_difference_quotients_whatever_the_threads()
    {
        (TrainingTrace student, int[] starts) = Trace(heads: 2, width: 6, 3, 1, 4);
        (TrainingTrace teacher, _) = Trace(heads: 2, width: 6, 3, 1, 4);
        (TrainingTrace gradients, _) = Trace(heads: 2, width: 6, 3, 1, 4);
        var random = new Random(5);
        student.Projected[0] = Random(random, student.ProjectedCount);
        teacher.Projected[0] = Random(random, student.ProjectedCount);
        double Loss() => DirectionLoss.Products(student, teacher, gradients, starts, Layers(student), threads: 2);
        Loss();
        float[] first = gradients.Projected[0][..student.ProjectedCount];
        for (int i = 0; i < first.Length; i += 7)
        {
            AssertSlope(student.Projected[0], i, first[i], Loss);
        }

        DirectionLoss.Products(student, teacher, gradients, starts, Layers(student), threads: 1);
        Assert.Equal(first, gradients.Projected[0][..student.ProjectedCount]);
        Assert.Contains(first, slope => Math.Abs(slope) > 0.01f);
        student.Projected[0] = [];
        Assert.Throws<InvalidOperationException>(() => Loss());
    }

    [Fact]
    public void Gradient_of_a_distance_is_its_difference_quotient_and_zero_where_there_is_none()
    {
        float[] student = Random(new Random(1), 20);
        float[] teacher = Random(new Random(2), 20);
        float[] gradient = new float[20];
        DirectionLoss.Distance(student, teacher, gradient, 20);
        for (int i = 0; i < 20; i++)
        {
            AssertSlope(student, i, gradient[i], () => DirectionLoss.Distance(student, teacher, new float[20], 20));
        }

        Assert.Equal(0, DirectionLoss.Distance(student, student, gradient, 20));
        Assert.All(gradient, slope => Assert.Equal(0f, slope));
        Assert.True(double.IsFinite(DirectionLoss.Distance(new float[20], teacher, gradient, 20)));
    }

    private static void AssertSlope(float[] values, int i, float slope, Func<double> loss)
    {
        float value = values[i];
        values[i] = value + 0.01f;
        double more = loss();
        values[i] = value - 0.01f;
        double less = loss();
        values[i] = value;
        Assert.Equal((more - less) / 0.02, slope, 2e-3);
    }

    private static LayerMap Layers(TrainingTrace trace) => new(trace.Spec, trace.Spec);

    private static float[] Random(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];

    private static (TrainingTrace Trace, int[] Starts) Trace(int heads, int width, params int[] lengths)
    {
        int[] starts = [0, .. lengths.Select((_, i) => lengths.Take(i + 1).Sum())];
        var config = new Graph.ModelConfig
        {
            Layers = 1, HiddenSize = width, EmbeddingSize = width, Heads = heads, IntermediateSize = 8, VocabularySize = 20, MaxPositions = 16,
        };
        var trace = new TrainingTrace(SpecBuilder.Build(config, new SpecOptions { MaxSequenceLength = 16, MaxBatchTokens = 16 }, [])!);
        trace.Resize(new TrainingBatch(new int[starts[^1]], new byte[starts[^1]], starts));
        return (trace, starts);
    }

    private static float[] SideBySide(JsonElement parts)
    {
        JsonElement[][] rows = [.. parts.EnumerateArray().Select(part => part.EnumerateArray().ToArray())];
        return
        [
            .. Enumerable.Range(0, rows[0].Length).SelectMany(token =>
                rows.SelectMany(part => part[token].EnumerateArray().Select(value => value.GetSingle()))),
        ];
    }
}
