using QuantGen.Cli.Models;
using QuantGen.Cli.Tests;
using QuantGen.Execution;
using QuantGen.Specs;
using QuantGen.Tasks;
using QuantGen.Tests;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Checkpointing;
using QuantGen.Training.Data;
using QuantGen.Training.Distillation;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Loop;
using QuantGen.Training.Losses;
using QuantGen.Training.Optimization;

namespace QuantGen.TorchSharp.Tests.Commands;

/// <summary>A student that libtorch trained answers, once it is packed and run by generated code, as it did in training.</summary>
[Trait("Category", "Shared")]
public sealed class TorchStudentTests
{
    public static TheoryData<string, SpecOptions> Students => new()
    {
        { "KDLSQ-BERT 2-2-8", Options(Scheme.Lsq, 2) with { AttentionBits = 8, ActivationRange = ActivationRange.Static } },
        { "TernaryBERT 2-2-8", Options(Scheme.Ternary, 2) with { AttentionBits = 8 } },
        { "k-means 3 bits", Options(Scheme.KMeans, 3) },
    };

    [Theory]
    [MemberData(nameof(Students))]
    public void Packed_student_answers_500_real_questions_as_torch_does(string name, SpecOptions options)
    {
        using TrainingStartPoint start = TrainingStartPoint.Open(SharedFiles.Path("models/trec"));
        ModelSpec spec = ModelSpecs.Quantized(start.Config, options);
        var trainable = new TrainableOptions { Threads = 1 };
        using var teacher = new TorchTrainableModel(ModelSpecs.FullPrecision(start.Config, null), trainable);
        using var student = new TorchTrainableModel(spec, trainable);
        CheckpointWeights.Load(start.Checkpoint!, teacher);
        StudentInitializer.Copy(teacher, student);
        BatchSource source = TaskData.Open(SharedFiles.Path("data/TREC/train.tsv")).Source(start.Tokenizer, spec, 64, 32, seed: 1);
        QuantizerInitialization.Run(student, source);
        var training = new TrainingOptions { Epochs = 1, MaxSteps = 10, Optimizer = new OptimizerOptions { LearningRate = 1e-4 } };
        new Trainer(student, source, new Objective(spec, new LossOptions(), teacher.Spec, 1), training) { Teacher = teacher }.Run();

        string test = SharedFiles.Path("data/TREC/test.tsv");
        float[] expected = ((RowEvaluator)TaskData.Open(test).Evaluator(start.Tokenizer, spec, 64, 32, threads: 1)).Logits(student, default);
        using InferenceSession session = new SessionLoader(4096, 1, UsesCache: true).Load(PackedStudent.Of(student, start, trainable), default);
        float[] actual = [.. Evaluator.Evaluate(session, TsvDataset.Load(test), test).Logits];
        int width = spec.OutputCount;
        Assert.Equal(500 * width, actual.Length);
        int[] different = [.. Enumerable.Range(0, 500).Where(row =>
            ClassificationMetrics.ArgMax(expected.AsSpan(row * width, width)) != ClassificationMetrics.ArgMax(actual.AsSpan(row * width, width)))];
        Assert.True(different.Length == 0, $"{name}: the rows {string.Join(", ", different)} have other answers");
    }

    private static SpecOptions Options(Scheme scheme, int bits) => new()
    {
        Scheme = scheme, Bits = bits, EmbeddingBits = bits, Clipping = Clipping.MinMax, Head = BertHead.SequenceClassification,
    };
}
