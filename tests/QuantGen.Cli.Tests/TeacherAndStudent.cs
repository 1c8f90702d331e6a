using QuantGen.Cli.Models;
using QuantGen.Cli.Runs;
using QuantGen.Execution;
using QuantGen.Specs;
using QuantGen.Tokenization;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Checkpointing;
using QuantGen.Training.Data;
using QuantGen.Training.Distillation;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Loop;
using QuantGen.Training.Losses;

namespace QuantGen.Cli.Tests;

/// <summary>A checkpoint as teacher, and a quantized student that starts from it.</summary>
internal sealed class TeacherAndStudent : IDisposable
{
    private readonly SessionLoader _loader = new(4096, 2, UsesCache: true);
    private readonly TrainingStartPoint _start;
    private readonly TrainableOptions _options;
    private readonly ITrainableModel _teacher;

    /// <summary>Makes both.</summary>
    /// <param name="checkpoint">The teacher.</param>
    /// <param name="options">How the student is quantized.</param>
    /// <param name="trainable">Threads and quantizers.</param>
    /// <param name="engine">What computes their passes; null for generated code.</param>
    public TeacherAndStudent(string checkpoint, SpecOptions options, TrainableOptions trainable, Func<ModelSpec, ITrainableModel>? engine = null)
    {
        engine ??= spec => _loader.CompileTrainable(spec, trainable, default);
        _options = trainable;
        _start = TrainingStartPoint.Open(checkpoint);
        Spec = ModelSpecs.Quantized(_start.Config, options, trainable.ToRecipe());
        _teacher = engine(ModelSpecs.FullPrecision(_start.Config, null));
        Student = engine(Spec);
        CheckpointWeights.Load(_start.Checkpoint!, _teacher);
        StudentInitializer.Copy(_teacher, Student);
    }

    public ModelSpec Spec { get; }

    public BertTokenizer Tokenizer => _start.Tokenizer;

    public ITrainableModel Student { get; }

    /// <summary>Trains the student with the defaults of KDLSQ-BERT's losses.</summary>
    public TrainingResult Train(BatchSource source, TrainingOptions options, IModelEvaluator? evaluator = null)
    {
        QuantizerInitialization.Run(Student, source);
        return new Trainer(
            Student, source, new Objective(Spec, new LossOptions(), _teacher.Spec, 2), options) { Teacher = _teacher, Evaluator = evaluator }.Run();
    }

    /// <summary>Packs the student and computes a file's rows with the inference kernels.</summary>
    public float[] PackedLogits(string file)
    {
        using InferenceSession session = _loader.Load(PackedStudent.Of(Student, _start, _options), default);
        return [.. Evaluator.Evaluate(session, TsvDataset.Load(file), file).Logits];
    }

    public void Dispose()
    {
        Student.Dispose();
        _teacher.Dispose();
        _start.Dispose();
    }
}
