using QuantGen.Cli.Data;
using QuantGen.Cli.Models;
using QuantGen.Cli.Runs;
using QuantGen.Execution;
using QuantGen.Graph;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Checkpointing;
using QuantGen.Training.Data;
using QuantGen.Training.Distillation;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Losses;

namespace QuantGen.Cli.Tests;

/// <summary>What a student of binary pairs goes through: fewer heads and neurons than its teacher, then each ternary matrix as two binary ones.</summary>
public sealed class SplitStudentTests(CheckpointFixture files) : IClassFixture<CheckpointFixture>
{
    private const int Batches = 3;
    private static readonly TrainableOptions s_options = new() { Threads = 1, Scheme = Scheme.Ternary };
    private readonly SessionLoader _loader = new(4096, 2, UsesCache: true);

    [Fact]
    public void Narrow_student_keeps_what_its_teacher_needs_and_says_the_same()
    {
        using TrainingStartPoint start = TrainingStartPoint.Open(files.Checkpoint);
        using ITrainableModel teacher = Teacher(start);
        ModelConfig d = start.Config;
        int[] spared = [.. Enumerable.Range(0, d.IntermediateSize).Where(neuron => neuron % 2 == 0)];
        Silence(teacher, d, head: 0, spared);
        BatchSource source = TaskData.Open(files.Data).Source(start.Tokenizer, teacher.Spec, 24, 8, seed: 1, default);
        int heads = d.Heads - 1;
        KeptUnits kept = KeptUnits.Of(teacher, source, Batches, heads, d.IntermediateSize / 2, threads: 1);
        Assert.All(kept.Heads, own => Assert.Equal(Enumerable.Range(1, heads), own));
        Assert.All(kept.Neurons, own => Assert.Empty(own.Intersect(spared)));
        Assert.All(teacher.Parameters, parameter => Assert.All(parameter.Gradients, gradient => Assert.Equal(0f, gradient)));

        ModelConfig narrow = d with { Heads = heads, AttentionSize = heads * (d.HiddenSize / d.Heads), IntermediateSize = d.IntermediateSize / 2 };
        using ITrainableModel student = _loader.CompileTrainable(ModelSpecs.FullPrecision(narrow, null), s_options, default);
        kept.Copy(teacher, student);
        var evaluator = (RowEvaluator)TaskData.Open(files.Data).Evaluator(start.Tokenizer, teacher.Spec, 24, 8, threads: 1, default);
        float[] expected = evaluator.Logits(teacher, default);
        Assert.All(expected.Zip(evaluator.Logits(student, default)), logit => Assert.Equal(logit.First, logit.Second, 1e-5f));
        using InferenceSession session = _loader.Load(PackedStudent.Of(student, start, s_options), default);
        Assert.All(
            expected.Zip(Evaluator.Evaluate(session, TsvDataset.Load(files.Data), files.Data).Logits), logit => Assert.Equal(logit.First, logit.Second, 1e-5f));

        // The scores of its heads are those of the teacher's heads that it took over.
        Batch batch = source.Make(source.Plan(0)[0], 0);
        teacher.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Evaluate));
        student.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Evaluate));
        var loss = new LossOptions { Prediction = false, GroundTruth = false };
        var objective = new Objective(student.Spec, loss, teacher.Spec, 1) { TeacherHeads = kept.Heads };
        Assert.InRange(objective.Compute(student, batch, teacher.Trace).Total, 0, 1e-9);
        var all = new Objective(student.Spec, loss, teacher.Spec, 1);
        Assert.Throws<InvalidOperationException>(() => all.Compute(student, batch, teacher.Trace));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(8, 4)]
    public void Pairs_say_what_the_ternary_weights_say_that_they_are_split_from(int embeddingBits, int groups) =>
        AssertSplits(files.Checkpoint, files.Data, embeddingBits, groups, tolerance: 1e-5f);

    // A sum that is rounded once more can move an activation to the code beside, which is more than the rounding itself.
    [Fact]
    [Trait("Category", "Shared")]
    public void Pairs_answer_500_real_questions_as_the_ternary_weights_do() =>
        AssertSplits(SharedFiles.Path("models/trec"), SharedFiles.Path("data/TREC/test.tsv"), embeddingBits: 2, groups: 1, tolerance: 1e-2f);

    private void AssertSplits(string checkpoint, string file, int embeddingBits, int groups, float tolerance)
    {
        using TrainingStartPoint start = TrainingStartPoint.Open(checkpoint);
        using ITrainableModel teacher = Teacher(start);
        var options = new SpecOptions
        {
            Bits = 2, GroupCount = groups, EmbeddingBits = Math.Max(2, embeddingBits), AttentionBits = 8, Head = BertHead.SequenceClassification,
        };
        ModelSpec spec = ModelSpecs.Quantized(start.Config, options, s_options.ToRecipe());
        SpecOptions inPairs = options with { Bits = 1, EmbeddingBits = embeddingBits, Storage = Storage.BinaryPair };
        TrainableOptions pairing = s_options with { Scheme = Scheme.BinaryBert, EmbeddingScheme = Scheme.Ternary };
        using ITrainableModel ternary = _loader.CompileTrainable(spec, s_options, default);
        using ITrainableModel pairs = _loader.CompileTrainable(ModelSpecs.Quantized(start.Config, inPairs, pairing.ToRecipe()), pairing, default);
        StudentInitializer.Copy(teacher, ternary);
        QuantizerInitialization.Run(ternary, TaskData.Open(file).Source(start.Tokenizer, spec, 24, 8, seed: 1, default));
        StudentInitializer.Split(ternary, pairs);
        var evaluator = (RowEvaluator)TaskData.Open(file).Evaluator(start.Tokenizer, spec, 64, 32, threads: 1, default);
        float[] expected = evaluator.Logits(ternary, default);
        float[] actual = evaluator.Logits(pairs, default);
        int width = spec.OutputCount;
        Assert.All(Enumerable.Range(0, expected.Length / width), row => Assert.Equal(
            Tasks.ClassificationMetrics.ArgMax(expected.AsSpan(row * width, width)), Tasks.ClassificationMetrics.ArgMax(actual.AsSpan(row * width, width))));
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), 0, tolerance);
        Assert.NotEqual(expected[0], expected[width]);
    }

    private ITrainableModel Teacher(TrainingStartPoint start)
    {
        ITrainableModel teacher = _loader.CompileTrainable(ModelSpecs.FullPrecision(start.Config, null), s_options, default);
        CheckpointWeights.Load(start.Checkpoint!, teacher);
        return teacher;
    }

    // Nobody reads the head and the neurons any more.
    private static void Silence(ITrainableModel model, ModelConfig d, int head, int[] neurons)
    {
        int size = d.HiddenSize / d.Heads;
        for (int layer = 0; layer < model.Spec.BlockCount; layer++)
        {
            Clear(model, $"encoder.layer.{layer}.attention.output.dense.weight", [.. Enumerable.Range(head * size, size)]);
            Clear(model, $"encoder.layer.{layer}.output.dense.weight", neurons);
        }
    }

    private static void Clear(ITrainableModel model, string name, int[] columns)
    {
        Parameter parameter = model.Parameters.Single(p => p.Name == name);
        for (int row = 0; row < parameter.Shape[0]; row++)
        {
            foreach (int column in columns)
            {
                parameter.Values[(row * parameter.Shape[1]) + column] = 0;
            }
        }
    }
}
