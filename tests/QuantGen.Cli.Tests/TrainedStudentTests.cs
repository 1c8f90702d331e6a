using QuantGen.Cli.Models;
using QuantGen.Execution;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Checkpointing;
using QuantGen.Training.Distillation;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Loop;
using QuantGen.Training.Losses;
using QuantGen.Training.Optimization;

namespace QuantGen.Cli.Tests;

/// <summary>A packed student computes what the trainer computed.</summary>
public sealed class TrainedStudentTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    public static TheoryData<string, SpecOptions, TrainableOptions> Students => new()
    {
        { "KDLSQ-BERT 2-2-8", Options(Scheme.Lsq, 2, 2) with { AttentionBits = 8, ActivationRange = ActivationRange.Static }, new TrainableOptions() },
        { "KDLSQ-BERT 4-8-4, signed probabilities", Options(Scheme.Lsq, 4, 8) with { GroupCount = 4, ActivationBits = 4, AttentionBits = 4, ActivationRange = ActivationRange.Static }, new TrainableOptions { SymmetricProbabilities = true } },
        { "Q8BERT 8-8-8", Options(Scheme.Linear, 8, 8) with { ActivationRange = ActivationRange.Static }, new TrainableOptions() },
        { "Q8BERT 2-2-8 with quantized attention", Options(Scheme.Linear, 2, 2) with { AttentionBits = 8, ActivationRange = ActivationRange.Static }, new TrainableOptions() },
        { "TernaryBERT 2-2-8", Options(Scheme.Ternary, 2, 2) with { AttentionBits = 8 }, new TrainableOptions() },
        { "TernaryBERT 2-8-8, loss-aware", Options(Scheme.Ternary, 2, 8), new TrainableOptions { LossAware = true } },
        { "k-means 3 bits", Options(Scheme.KMeans, 3, 3), new TrainableOptions { ClusterSeed = 4 } },
        { "linear clusters 5 bits", Options(Scheme.LinearClusters, 5, 5), new TrainableOptions() },
    };

    [Theory]
    [MemberData(nameof(Students))]
    public void Packed_student_has_the_trainers_logits(string name, SpecOptions options, TrainableOptions trainable)
    {
        using TrainingStartPoint start = TrainingStartPoint.Open(files.Checkpoint);
        ModelSpec spec = ModelSpecs.Quantized(start.Config, options);
        var loader = new SessionLoader(4096, 2, UsesCache: true);
        using ITrainableModel teacher = loader.CompileTrainable(ModelSpecs.FullPrecision(start.Config, null), trainable, default);
        using ITrainableModel student = loader.CompileTrainable(spec, trainable, default);
        CheckpointWeights.Load(start.Checkpoint!, teacher);
        StudentInitializer.Copy(teacher, student);
        TaskData data = TaskData.Open(files.Data);
        BatchSource source = data.Source(start.Tokenizer, spec, 24, 8, seed: 1);
        var evaluator = (RowEvaluator)data.Evaluator(start.Tokenizer, spec, 24, 8, threads: 2);
        QuantizerInitialization.Run(student, source);
        var training = new TrainingOptions { Epochs = 2, Optimizer = new OptimizerOptions { LearningRate = 1e-3 } };
        TrainingResult result = new Trainer(student, source, new Objective(spec, new LossOptions(), teacher.Spec, 2), training) { Teacher = teacher, Evaluator = evaluator }.Run();
        Assert.True(result.Best is not null, name);
        float[] expected = evaluator.Logits(student, default);
        using InferenceSession session = loader.Load(PackedStudent.Of(student, start, trainable), default);
        float[] actual = [.. Evaluator.Evaluate(session, Training.Data.TsvDataset.Load(files.Data), files.Data).Logits];
        Assert.Equal(expected, actual);
        Assert.NotEqual(expected[0], expected[2]);
    }

    [Theory]
    [MemberData(nameof(Students))]
    [Trait("Category", "Shared")]
    public void Packed_student_answers_500_real_questions_as_the_trainer_does(string name, SpecOptions options, TrainableOptions trainable)
    {
        using TrainingStartPoint start = TrainingStartPoint.Open(SharedFiles.Path("models/trec"));
        ModelSpec spec = ModelSpecs.Quantized(start.Config, options);
        var loader = new SessionLoader(4096, 2, UsesCache: true);
        using ITrainableModel teacher = loader.CompileTrainable(ModelSpecs.FullPrecision(start.Config, null), trainable, default);
        using ITrainableModel student = loader.CompileTrainable(spec, trainable, default);
        CheckpointWeights.Load(start.Checkpoint!, teacher);
        StudentInitializer.Copy(teacher, student);
        BatchSource source = TaskData.Open(SharedFiles.Path("data/TREC/train.tsv")).Source(start.Tokenizer, spec, 64, 32, seed: 1);
        QuantizerInitialization.Run(student, source);
        var training = new TrainingOptions { Epochs = 1, MaxSteps = 10, Optimizer = new OptimizerOptions { LearningRate = 1e-4 } };
        new Trainer(student, source, new Objective(spec, new LossOptions(), teacher.Spec, 2), training) { Teacher = teacher }.Run();
        string test = SharedFiles.Path("data/TREC/test.tsv");
        float[] expected = ((RowEvaluator)TaskData.Open(test).Evaluator(start.Tokenizer, spec, 64, 32, threads: 2)).Logits(student, default);
        using InferenceSession session = loader.Load(PackedStudent.Of(student, start, trainable), default);
        float[] actual = [.. Evaluator.Evaluate(session, Training.Data.TsvDataset.Load(test), test).Logits];

        int width = spec.OutputCount;
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
