using QuantGen.Cli.Data;
using QuantGen.Cli.Tests;
using QuantGen.Specs;
using QuantGen.Tasks;
using QuantGen.Tests;
using QuantGen.Trainable;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Loop;
using QuantGen.Training.Optimization;

namespace QuantGen.TorchSharp.Tests.Commands;

/// <summary>A student that libtorch trained answers, once it is packed and run by generated code, as it did in training.</summary>
[Trait("Category", "Shared")]
public sealed class TorchStudentTests
{
    public static TheoryData<string, Scheme, SpecOptions> Students => new()
    {
        { "KDLSQ-BERT 2-2-8", Scheme.Lsq, Options(Storage.Uniform, 2) with { AttentionBits = 8, ActivationRange = ActivationRange.Static } },
        { "TernaryBERT 2-2-8", Scheme.Ternary, Options(Storage.Uniform, 2) with { AttentionBits = 8 } },
        { "k-means 3 bits", Scheme.KMeans, Options(Storage.Codebook, 3) },
    };

    [Theory]
    [MemberData(nameof(Students))]
    public void Packed_student_answers_500_real_questions_as_torch_does(string name, Scheme scheme, SpecOptions options)
    {
        var trainable = new TrainableOptions { Scheme = scheme, Threads = 1 };
        using var pair = new TeacherAndStudent(SharedFiles.Path("models/trec"), options, trainable, spec => new TorchTrainableModel(spec, trainable));
        var training = new TrainingOptions { Epochs = 1, MaxSteps = 10, Optimizer = new OptimizerOptions { LearningRate = 1e-4 } };
        pair.Train(TaskData.Open(SharedFiles.Path("data/TREC/train.tsv")).Source(pair.Tokenizer, pair.Spec, 64, 32, seed: 1, default), training);

        string test = SharedFiles.Path("data/TREC/test.tsv");
        float[] expected = ((RowEvaluator)TaskData.Open(test).Evaluator(pair.Tokenizer, pair.Spec, 64, 32, threads: 1, default)).Logits(pair.Student, default);
        float[] actual = pair.PackedLogits(test);
        int width = pair.Spec.OutputCount;
        Assert.Equal(500 * width, actual.Length);
        int[] different = [.. Enumerable.Range(0, 500).Where(row =>
            ClassificationMetrics.ArgMax(expected.AsSpan(row * width, width)) != ClassificationMetrics.ArgMax(actual.AsSpan(row * width, width)))];
        Assert.True(different.Length == 0, $"{name}: the rows {string.Join(", ", different)} have other answers");
    }

    private static SpecOptions Options(Storage storage, int bits) => new()
    {
        Storage = storage, Bits = bits, EmbeddingBits = bits, Head = BertHead.SequenceClassification,
    };
}
