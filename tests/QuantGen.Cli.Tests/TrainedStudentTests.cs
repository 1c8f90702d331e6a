using QuantGen.Cli.Data;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Loop;
using QuantGen.Training.Optimization;

namespace QuantGen.Cli.Tests;

/// <summary>A packed student computes what the trainer computed.</summary>
public sealed class TrainedStudentTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    public static TheoryData<string, SpecOptions, TrainableOptions> Students => new()
    {
        { "KDLSQ-BERT 2-2-8", Options(Scheme.Lsq, 2, 2) with { AttentionBits = 8, ActivationRange = ActivationRange.Static }, new TrainableOptions() },
        {
            "KDLSQ-BERT 4-8-4, signed probabilities",
            Options(Scheme.Lsq, 4, 8) with { GroupCount = 4, ActivationBits = 4, AttentionBits = 4, ActivationRange = ActivationRange.Static },
            new TrainableOptions { SymmetricProbabilities = true }
        },
        { "Q8BERT 8-8-8", Options(Scheme.Linear, 8, 8) with { ActivationRange = ActivationRange.Static }, new TrainableOptions() },
        {
            "Q8BERT 2-2-8 with quantized attention", Options(Scheme.Linear, 2, 2) with { AttentionBits = 8, ActivationRange = ActivationRange.Static },
            new TrainableOptions()
        },
        { "TernaryBERT 2-2-8", Options(Scheme.Ternary, 2, 2) with { AttentionBits = 8 }, new TrainableOptions() },
        { "TernaryBERT 2-8-8, loss-aware", Options(Scheme.Ternary, 2, 8), new TrainableOptions { LossAware = true } },
        { "k-means 3 bits", Options(Scheme.KMeans, 3, 3), new TrainableOptions { ClusterSeed = 4 } },
        { "linear clusters 5 bits", Options(Scheme.LinearClusters, 5, 5), new TrainableOptions() },
    };

    [Theory]
    [MemberData(nameof(Students))]
    public void Packed_student_has_the_trainers_logits(string name, SpecOptions options, TrainableOptions trainable)
    {
        using var pair = new TeacherAndStudent(files.Checkpoint, options, trainable);
        TaskData data = TaskData.Open(files.Data);
        var evaluator = (RowEvaluator)data.Evaluator(pair.Tokenizer, pair.Spec, 24, 8, threads: 2);
        var training = new TrainingOptions { Epochs = 2, Optimizer = new OptimizerOptions { LearningRate = 1e-3 } };
        TrainingResult result = pair.Train(data.Source(pair.Tokenizer, pair.Spec, 24, 8, seed: 1), training, evaluator);
        Assert.True(result.Best is not null, name);
        float[] expected = evaluator.Logits(pair.Student, default);
        Assert.Equal(expected, pair.PackedLogits(files.Data));
        Assert.NotEqual(expected[0], expected[2]);
    }

    [Theory]
    [MemberData(nameof(Students))]
    [Trait("Category", "Shared")]
    public void Packed_student_answers_500_real_questions_as_the_trainer_does(string name, SpecOptions options, TrainableOptions trainable)
    {
        using var pair = new TeacherAndStudent(SharedFiles.Path("models/trec"), options, trainable);
        var training = new TrainingOptions { Epochs = 1, MaxSteps = 10, Optimizer = new OptimizerOptions { LearningRate = 1e-4 } };
        pair.Train(TaskData.Open(SharedFiles.Path("data/TREC/train.tsv")).Source(pair.Tokenizer, pair.Spec, 64, 32, seed: 1), training);
        string test = SharedFiles.Path("data/TREC/test.tsv");
        float[] expected = ((RowEvaluator)TaskData.Open(test).Evaluator(pair.Tokenizer, pair.Spec, 64, 32, threads: 2)).Logits(pair.Student, default);
        float[] actual = pair.PackedLogits(test);

        int width = pair.Spec.OutputCount;
        Assert.Equal(500 * width, actual.Length);
        Assert.All(Enumerable.Range(0, 500), row => Assert.Equal(
            Tasks.ClassificationMetrics.ArgMax(expected.AsSpan(row * width, width)), Tasks.ClassificationMetrics.ArgMax(actual.AsSpan(row * width, width))));
        double largest = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(largest <= 1e-4, $"{name}: logits differ by {largest}");
    }

    private static SpecOptions Options(Scheme scheme, int bits, int embeddingBits) => new()
    {
        Scheme = scheme, Bits = bits, EmbeddingBits = embeddingBits, Clipping = Clipping.MinMax, Head = BertHead.SequenceClassification,
    };
}
