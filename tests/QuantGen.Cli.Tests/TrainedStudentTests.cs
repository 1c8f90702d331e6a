using QuantGen.Cli.Data;
using QuantGen.Graph;
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
        { "KDLSQ-BERT 2-2-8", Options(Storage.Uniform, 2, 2) with { AttentionBits = 8, ActivationRange = ActivationRange.Static },
            new TrainableOptions { Scheme = Scheme.Lsq } },
        { "KDLSQ-BERT 4-8-4, signed probabilities",
        Options(Storage.Uniform, 4, 8) with { GroupCount = 4, ActivationBits = 4, AttentionBits = 4, ActivationRange = ActivationRange.Static },
        new TrainableOptions { Scheme = Scheme.Lsq, SymmetricProbabilities = true } },
        {
            "KDLSQ-BERT 6-6-8",
            Options(Storage.Uniform, 6, 6) with { AttentionBits = 8, ActivationRange = ActivationRange.Static },
            new TrainableOptions { Scheme = Scheme.Lsq }
        },
        {
            "KDLSQ-BERT 4-4-6",
            Options(Storage.Uniform, 4, 4) with { ActivationBits = 6, AttentionBits = 6, ActivationRange = ActivationRange.Static },
            new TrainableOptions { Scheme = Scheme.Lsq }
        },
        { "TernaryBERT 7-5-3", Options(Storage.Uniform, 7, 5) with { ActivationBits = 3, AttentionBits = 5 },
        new TrainableOptions { Scheme = Scheme.Ternary } },
        { "Q8BERT 8-8-8", Options(Storage.Uniform, 8, 8) with { ActivationRange = ActivationRange.Static }, new TrainableOptions { Scheme = Scheme.Linear } },
        { "Q8BERT 2-2-8 with quantized attention", Options(Storage.Uniform, 2, 2) with { AttentionBits = 8, ActivationRange = ActivationRange.Static },
        new TrainableOptions { Scheme = Scheme.Linear } },
        { "TernaryBERT 2-2-8", Options(Storage.Uniform, 2, 2) with { AttentionBits = 8 }, new TrainableOptions { Scheme = Scheme.Ternary } },
        { "TernaryBERT 2-8-8, loss-aware", Options(Storage.Uniform, 2, 8), new TrainableOptions { Scheme = Scheme.Ternary, LossAware = true } },
        { "BWN 1-2-8", Options(Storage.Uniform, 1, 2) with { AttentionBits = 8 }, new TrainableOptions { Scheme = Scheme.Ternary } },
        { "BWN 1-1-8, positions of 8 bits", Options(Storage.Uniform, 1, 1) with { PositionBits = 8 }, new TrainableOptions { Scheme = Scheme.Ternary } },
        { "BWN 1-8-4, groups", Options(Storage.Uniform, 1, 8) with { GroupCount = 4, ActivationBits = 4, AttentionBits = 4 },
        new TrainableOptions { Scheme = Scheme.Linear } },
        { "BWN 1-2-1", Options(Storage.Uniform, 1, 2) with { ActivationBits = 1, AttentionBits = 8 }, new TrainableOptions { Scheme = Scheme.Ternary } },
        { "BiT 1-2-1", Options(Storage.Uniform, 1, 2) with { ActivationBits = 1, AttentionBits = 8 }, new TrainableOptions { Scheme = Scheme.Bit } },
        { "BiT 1-2-2", Options(Storage.Uniform, 1, 2) with { ActivationBits = 2, AttentionBits = 8, ActivationRange = ActivationRange.Static },
        new TrainableOptions { Scheme = Scheme.Bit, ScaleInitialization = ScaleInitialization.MeanMagnitude } },
        { "Signs 1-8-1", Options(Storage.Uniform, 1, 8) with { ActivationBits = 1, GroupCount = 4 },
        new TrainableOptions { Scheme = Scheme.Bit, ActivationScales = ActivationScales.Mean } },
        { "BiBERT 1-2-1", Options(Storage.Uniform, 1, 2) with { ActivationBits = 1, Attention = AttentionKind.Boolean },
        new TrainableOptions { Scheme = Scheme.BiBert, ActivationScales = ActivationScales.One } },
        { "BinaryBERT 1-8-1", Options(Storage.BinaryPair, 1, 8) with { EmbeddingStorage = Storage.Uniform, ActivationBits = 1 },
        new TrainableOptions { Scheme = Scheme.BinaryBert } },
        { "BinaryBERT 1-2-8", Options(Storage.BinaryPair, 1, 2) with { EmbeddingStorage = Storage.Uniform, AttentionBits = 8 },
        new TrainableOptions { Scheme = Scheme.BinaryBert, EmbeddingScheme = Scheme.Ternary } },
        { "BinaryBERT 1-1-8, few matrices split",
        Options(Storage.BinaryPair, 1, 1) with { EmbeddingStorage = Storage.Uniform, AttentionBits = 8, Plan = Single },
        new TrainableOptions { Scheme = Scheme.BinaryBert, EmbeddingScheme = Scheme.Ternary } },
        { "BinaryBERT 1-8-4, groups", Options(Storage.BinaryPair, 1, 8) with { EmbeddingStorage = Storage.Uniform, GroupCount = 4, ActivationBits = 4 },
        new TrainableOptions { Scheme = Scheme.BinaryBert } },
        { "k-means 3 bits", Options(Storage.Codebook, 3, 3), new TrainableOptions { Scheme = Scheme.KMeans, ClusterSeed = 4 } },
        { "linear clusters 5 bits", Options(Storage.Codebook, 5, 5), new TrainableOptions { Scheme = Scheme.LinearClusters } },
    };

    [Theory]
    [MemberData(nameof(Students))]
    public void Packed_student_has_the_trainers_logits(string name, SpecOptions options, TrainableOptions trainable)
    {
        using var pair = new TeacherAndStudent(files.Checkpoint, options, trainable);
        TaskData data = TaskData.Open(files.Data);
        var evaluator = (RowEvaluator)data.Evaluator(pair.Tokenizer, pair.Spec, 24, 8, threads: 2, default);
        var training = new TrainingOptions { Epochs = 2, Optimizer = new OptimizerOptions { LearningRate = 1e-3 } };
        TrainingResult result = pair.Train(data.Source(pair.Tokenizer, pair.Spec, 24, 8, seed: 1, default), training, evaluator);
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
        pair.Train(TaskData.Open(SharedFiles.Path("data/TREC/train.tsv")).Source(pair.Tokenizer, pair.Spec, 64, 32, seed: 1, default), training);
        string test = SharedFiles.Path("data/TREC/test.tsv");
        float[] expected = ((RowEvaluator)TaskData.Open(test).Evaluator(pair.Tokenizer, pair.Spec, 64, 32, threads: 2, default)).Logits(pair.Student, default);
        float[] actual = pair.PackedLogits(test);

        int width = pair.Spec.OutputCount;
        Assert.Equal(500 * width, actual.Length);
        Assert.All(Enumerable.Range(0, 500), row => Assert.Equal(
            Tasks.ClassificationMetrics.ArgMax(expected.AsSpan(row * width, width)), Tasks.ClassificationMetrics.ArgMax(actual.AsSpan(row * width, width))));
        double largest = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(largest <= 1e-4, $"{name}: logits differ by {largest}");
    }

    // All but what enters the feed-forward layers.
    private static EquatableArray<PlanEntry> Single => new([.. new[] { "encoder.layer.*.attention.*", "*.output.dense", "pooler.dense" }
        .Select(pattern => new PlanEntry(pattern, null, null, null, null, default) { Storage = Storage.Uniform })]);

    private static SpecOptions Options(Storage storage, int bits, int embeddingBits) => new()
    {
        Storage = storage, Bits = bits, EmbeddingBits = embeddingBits, Head = BertHead.SequenceClassification,
    };
}
