using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Data;
using QuantGen.Cli.Models;
using QuantGen.Cli.Options;
using QuantGen.Cli.Reporting;
using QuantGen.Cli.Runs;
using QuantGen.Packed;
using QuantGen.Sentences;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Checkpointing;
using QuantGen.Training.Data;
using QuantGen.Training.Distillation;
using QuantGen.Training.Engines;
using QuantGen.Training.Evaluation;
using QuantGen.Training.Loop;
using QuantGen.Training.Losses;
using QuantGen.Training.Packing;

namespace QuantGen.Cli.Commands;

/// <summary>Trains a quantized student under a teacher and writes a packed file.</summary>
internal sealed class DistillCommand : CliCommand
{
    private const double DefaultDropout = 0.1;
    private const double SentenceRate = 2e-4;

    private readonly Option<string?> _teacher;
    private readonly Option<string?> _output;
    private readonly Option<string?> _test;
    private readonly StudentOptions _student = new();
    private readonly TrainingOptionSet _training = TrainingOptionSet.ForData();
    private readonly EngineOptions _engine = new();
    private readonly EmbeddingOptions _embedding = new();
    private readonly EnsembleOptions _ensemble = new();

    public DistillCommand(CliStreams streams)
        : base("distill", "Train a quantized model under a full-precision teacher, and write a packed file. Defaults are those of the method's paper.", streams)
    {
        _teacher = With(CliOption.Text("--teacher", "DIR", "The fine-tuned checkpoint directory; the student starts from its weights."));
        _teacher.Required = true;
        _output = With(CliOption.Text("--output", "FILE", "The packed file to write.", "-o"));
        _output.Required = true;
        _test = With(
            CliOption.Text(
                "--test-data", "FILE", "Data that decides nothing: metric and distance to the teacher before and after training are reported on it."));
        _student.AddTo(this);
        _ensemble.AddTo(this);
        _training.AddTo(this);
        _engine.AddTo(this, hasTeacher: true);
        _embedding.AddTo(this);
    }

    protected override void Execute(OptionValues values, Report report, CancellationToken cancellation)
    {
        string output = values.Get(_output)!;
        CheckpointFiles.RequireNone(output);
        TrainingRun.RequirePlace(_training, values, output, output);
        DistillMethod method = _student.Method(values);
        (ITrainingEngine engine, ITrainingEngine teacherEngine) = _engine.Engines(values, _training.Loader(values));
        using TrainingStartPoint start = TrainingStartPoint.Open(values.Get(_teacher)!);
        SentenceTask? sentences = Sentences(values, start);
        if (sentences is not null && method.Scheme == Scheme.BinaryBert)
        {
            throw new UsageException("--scheme binarybert needs a teacher with outputs: what its heads and neurons matter is told by the loss of labels");
        }

        TrainingData data = sentences is null ? _training.Data(values, start.HasManyLabels) : _training.Sentences(values, sentences);
        data.Labels = [.. start.Config.Labels];
        WriteTexts(report, data.Train);
        TaskData? testData = values.Get(_test) is not string file ? null
            : sentences is null ? TaskData.Open(file, _training.Table(values, start.HasManyLabels)) : new SentencePairData(file, sentences);
        BertHead head = data.Train.Head == BertHead.MaskedLanguageModel ? BertHead.MaskedLanguageModel : start.Config.Head;
        ModelSpec spec = _student.Spec(values, method, start.Config, head);
        ModelSpec? executed = _student.IsExecuted(values) ? _student.ExecutedSpec(values, method, start.Config, head) : null;
        FrozenParts? frozen = _training.Freeze.Read(values, spec);
        TrainableOptions options = Trainable(values, start);
        string lossName = sentences is null ? _student.LossName(values, method) : _student.SentenceLossName(values);
        _ensemble.Require(
            values, spec, start.HasManyLabels, lossName, _student.AsksForTeacher(values), options.LossAware, _student.HasCascade(values, method));
        int sharedLayers = _ensemble.SharedLayers(values, spec);
        using ITrainableModel teacher = teacherEngine.Create(ModelSpecs.FullPrecision(start.Config, head), options, cancellation);
        CheckpointWeights.Load(start.Checkpoint!, teacher);
        (BatchSource source, IModelEvaluator? evaluator) = data.Encode(_training.Examples(values), start.Tokenizer, spec, cancellation);
        using SplitStudent? split = method.Scheme != Scheme.BinaryBert ? null : SplitStudent.Create(
            engine, (_student.TernarySpec(values, method, start.Config, head), spec), Budget(values, method, start, spec, head), options, teacher, source,
            cancellation);
        split?.Write(report);
        void Complete(PackedModelBuilder builder) => AddRest(builder, start, head, sentences?.Head);
        using ITrainableModel student = split?.Pairs ?? (executed is null ? engine.Create(spec, options, cancellation)
            : new ExecutedStudent(engine.Create(spec, options, cancellation), executed, options, Complete, _training.Loader(values)));
        using CascadeStudent? cascade = !_student.HasCascade(values, method) ? null : CascadeStudent.Create(
            engine, _student.SpecBetween(values, method, start.Config, head), options, teacher, student, source, cancellation);
        if (split is null && cascade is null)
        {
            StudentInitializer.Start(teacher, student, source);
        }

        _training.Freeze.Freeze(frozen, method.Traits.Name, split?.Ternary, cascade?.Between, student);
        LossOptions loss = sentences is null ? _student.Loss(values, method) : _student.SentenceLoss(values);
        _training.RequireSum(values, loss);
        IModelEvaluator? test = testData is null ? null : data.Evaluator(testData, _training.Examples(values), start.Tokenizer, spec, cancellation);
        ModelScore? teacherScore = test?.Evaluate(teacher, cancellation);
        TestMeasures? before = test is null ? null : TestMeasures.Of(test, student, teacher, cancellation);
        TrainingOptions training = _training.Training(
            values, Defaults(values, method, sentences), output, Identity(start, options, data, sentences, Asked(values, frozen, sharedLayers))) with
        {
            Engine = engine.Description, TeacherEngine = teacherEngine.Description,
        };
        IReadOnlyList<TrainingStage> stages = split?.Stages(training, _training.HasLearningRate(values), loss.Temperature, loss.SpanPredictionWeight)
            ?? cascade?.Stages(loss, training) ?? [new TrainingStage(student, loss, training)];
        EnsembleStudent? ensemble = _ensemble.Members(values) is int members
            ? new EnsembleStudent(student, source, training.Parts, members, sharedLayers, report) : null;
        var run = new TrainingRun(_training, values, report)
        {
            Stages = ensemble?.Stages(stages, member => _ensemble.HasTeacher(values, member)) ?? stages,
            Teacher = stages.Any(stage => stage.Loss.NeedsTeacher) ? teacher : null,
            Source = source,
            Evaluator = evaluator,
            Sentences = sentences,
            Title = $"quantgen distill: {method.Traits.Name}, {data.Train.File}",
        };
        long bytes = 0;
        var recipe = new TrainingRecipe(Path.GetFileName(data.Train.File), lossName, Steps: 0, _training.Seed(values));
        TrainingResult result = run.Complete(
            output, steps => bytes = Save(student, ensemble, start, output, options, recipe with { Steps = steps }, Complete), cancellation);
        ITrainableModel made = ensemble?.Model ?? student;
        TestMeasures? after = test is null ? null : TestMeasures.Of(test, made, teacher, cancellation);
        object? measured = after is null ? null : new { after.Score.Metric, Teacher = teacherScore!.Value, Before = before!.Json, After = after.Json };
        if (after is not null)
        {
            WriteTest(report, teacherScore!, before!, after);
        }

        EnsembleSummary? whole = ensemble is null ? null : EnsembleSummary.Of(ensemble, evaluator, test, cancellation);
        TrainingSummary.Write(report, whole is null ? result : result with { Best = whole.Evaluation }, run.Options, output, bytes, measured, whole?.Members);
    }

    private static long Save(
        ITrainableModel student, EnsembleStudent? ensemble, TrainingStartPoint start, string output, TrainableOptions options, TrainingRecipe training,
        Action<PackedModelBuilder> complete)
    {
        PackedModelBuilder builder = ensemble?.Pack(options) ?? (student as ExecutedStudent)?.Pack() ?? TrainedModelPacker.Pack(student, options);
        complete(builder);
        builder.Recipe = builder.Recipe with { Training = training };
        builder.SourceSha256 = start.Checkpoint!.Sha256;
        using PackedModel packed = builder.Build(output);
        SpecOutput.Save(packed, output);
        return packed.FileLength;
    }

    // What training does not change.
    private static void AddRest(PackedModelBuilder builder, TrainingStartPoint start, BertHead head, SentenceHead? sentence)
    {
        builder.Labels = head is BertHead.SequenceClassification or BertHead.TokenClassification ? [.. start.Config.Labels] : [];
        builder.OutputActivation = head == start.Config.Head ? start.Config.OutputActivation : OutputActivation.Usual;
        builder.TokenizerJson = Execution.TokenizerSettings.Write(start.Tokenizer.Options);
        builder.AddBytes(PackedLayout.Vocabulary, start.Tokenizer.VocabularyBytes);
        if (sentence is not null)
        {
            builder.AddSentence(sentence);
        }
    }

    private static void WriteTexts(Report report, TaskData data)
    {
        if (data is SentenceData { Found: SentenceFiles found })
        {
            report.Line(string.Create(
                CultureInfo.InvariantCulture, $"{found.Texts.Count:N0} texts; left out: {found.Repeated:N0} repeated, {found.Excluded:N0} excluded"));
        }
    }

    private static Dictionary<string, string> Identity(
        TrainingStartPoint start, TrainableOptions options, TrainingData data, SentenceTask? sentences,
        IReadOnlyDictionary<string, string?> asked)
    {
        var identity = new Dictionary<string, string> { ["teacher"] = start.Checkpoint!.Sha256, ["evaluation"] = data.Evaluation?.File ?? "none" };
        if (sentences is not null)
        {
            identity["vectors"] = $"{SentenceJson.Write(sentences.Head.Encoding)} {sentences.Prompt}";
        }

        foreach ((string name, string? value) in asked.Where(pair => pair.Value is not null))
        {
            identity[name] = value!;
        }

        foreach (JsonProperty property in JsonSerializer.SerializeToElement(options with { Threads = 0 }).EnumerateObject())
        {
            identity["student " + property.Name] = property.Value.ToString();
        }

        return identity;
    }

    // What only some trainings have.
    private Dictionary<string, string?> Asked(OptionValues values, FrozenParts? frozen, int sharedLayers) => new()
    {
        ["freeze"] = frozen?.ToString(),
        ["shared layers"] = sharedLayers == 0 ? null : sharedLayers.ToString(CultureInfo.InvariantCulture),
        ["teacher of the ensemble"] = _ensemble.Teacher(values),
        ["numerics"] = _student.IsExecuted(values) ? CliOption.NameOf(_student.NumericsOf(values)) : null,
        ["split budget"] = _student.SplitBudget(values)?.ToString(CultureInfo.InvariantCulture),
    };

    private static void WriteTest(Report report, ModelScore teacher, TestMeasures before, TestMeasures after)
    {
        static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
        var table = new TextTable("test data", "teacher", "before", "after");
        table.Add(after.Score.Metric, Number(teacher.Value), Number(before.Score.Value), Number(after.Score.Value));
        table.Add("agreement with the teacher", "1.0000", Number(before.Fidelity.Agreement), Number(after.Fidelity.Agreement));
        table.Add("divergence from the teacher", "0.0000", Number(before.Fidelity.Divergence), Number(after.Fidelity.Divergence));
        table.Add("hidden signal to noise, dB", "-", Number(before.Fidelity.HiddenSignalToNoiseDb), Number(after.Fidelity.HiddenSignalToNoiseDb));
        report.Table(table);
    }

    private SplitBudget? Budget(OptionValues values, DistillMethod method, TrainingStartPoint start, ModelSpec pairs, BertHead head) =>
        _student.SplitBudget(values) is not long bytes ? null
        : SplitBudget.Of(_student.NarrowSpec(values, method, start.Config, head), pairs, bytes, start.Tokenizer.VocabularyBytes.Length);

    // A sentence encoder learns its teacher's vectors, as the folder or the command line says that they are made.
    private SentenceTask? Sentences(OptionValues values, TrainingStartPoint start)
    {
        if (!start.IsSentenceEncoder)
        {
            _ = _embedding.Read(values, start.Config.Head);
            _student.RequireNoSentences(values);
            return null;
        }

        int size = start.Config.HiddenSize;
        SentenceHead head = _embedding.Stored(values, start.Config.Head, start.OpenSentence(), size) ?? new SentenceHead(new SentenceEncoding(), size);
        return SentenceTask.Of(head, start.Tokenizer);
    }

    // Without labels there is nothing to learn by heart, so that dropout would only be noise, and weights may move faster.
    private TrainingOptions Defaults(OptionValues values, DistillMethod method, SentenceTask? sentences)
    {
        TrainingOptions defaults = _student.Training(values, method);
        return sentences is null ? defaults : defaults with { Optimizer = defaults.Optimizer with { LearningRate = SentenceRate } };
    }

    private TrainableOptions Trainable(OptionValues values, TrainingStartPoint start)
    {
        // Packed models are computed without dropout, and what a sentence encoder learns is no noise.
        bool drops = !start.IsSentenceEncoder && !_student.IsExecuted(values);
        if (_student.IsExecuted(values) && (_training.Dropout(values) > 0 || _training.AttentionDropout(values) > 0))
        {
            throw new UsageException($"--numerics {CliOption.NameOf(_student.NumericsOf(values))} learns from outputs without dropout");
        }

        return _student.Trainable(
            values,
            _training.Threads(values),
            (float)(_training.Dropout(values) ?? (drops ? start.HiddenDropout ?? DefaultDropout : 0)),
            (float)(_training.AttentionDropout(values) ?? (drops ? start.AttentionDropout ?? DefaultDropout : 0)),
            _training.Seed(values));
    }
}
