using System.CommandLine;
using QuantGen.Cli.Conventions;
using QuantGen.Cli.Models;
using QuantGen.Graph;
using QuantGen.Schemes;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Losses;
using QuantGen.Training.Loop;

namespace QuantGen.Cli.Options;

/// <summary>The options that say what a student is and what it is taught.</summary>
internal sealed class StudentOptions
{
    private const double DefaultWidth = 0.5;
    private const int TernaryBits = 2;

    // Of activations of the student between the teacher and one whose activations have one bit.
    private const int BitsBetween = 2;

    private static readonly string[] s_parts = ["hidden", "attention", "sentence", "similarity"];

    private readonly Option<int?> _bits = CliOption.OneOf("--bits", "Bits of a weight.", LegalBits.OfWeights);
    private readonly Option<int?> _embeddingBits = CliOption.OneOf("--embedding-bits", LegalBits.EmbeddingHelp, LegalBits.OfEmbeddings);
    private readonly Option<int?> _positionBits = CliOption.OneOf("--position-bits", LegalBits.PositionHelp, LegalBits.OfPositions);
    private readonly Option<int?> _activationBits =
        CliOption.OneOf(
            "--activation-bits", "Bits of the activations that enter linear layers. [default: 8; 32 with a codebook, 1 for bit and bibert]",
            LegalBits.OfActivations);
    private readonly Option<int?> _attentionBits =
        CliOption.OneOf(
            "--attention-bits",
            "Bits of attention's operands. [default: as --activation-bits, but 8 where that is 1, for lsq, ternary, binarybert and bit, else 32]",
            LegalBits.OfAttention);
    private readonly Option<Numerics?> _numerics = CliOption.Choice<Numerics>(
        "--numerics",
        "What the student computes with between products of codes: integer leaves no float before the outputs (I-BERT), quantized rounds every operation "
            + "(FullyQT). [default: float, or quantized with --scheme fullyqt]",
        null);
    private readonly Option<int> _groups = CliOption.Number("--groups", "Groups of rows of a matrix that have a scale of their own.", 1, least: 1);
    private readonly Option<int?> _layers =
        CliOption.OptionalNumber("--layers", "Layers of the student, a divisor of the teacher's. [default: as many]", least: 1);
    private readonly Option<double?> _width = CliOption.OptionalReal(
        "--width-multiplier", "binarybert: share of the teacher's heads and feed-forward neurons, the most important ones, that a half has. [default: 0.5]",
        0.01, 1);

    private readonly Option<double?> _splitBudget = CliOption.OptionalReal(
        "--split-budget",
        "binarybert: the most bytes of all tensors and the vocabulary; those matrices are split that lose most otherwise. [default: all are split]", 1, 1e15);

    private readonly Option<Scheme?> _scheme =
        CliOption.Scheme("--scheme", "The method: Q8BERT, KDLSQ-BERT, TernaryBERT, a codebook with trained centroids, BinaryBERT, BiT, or BiBERT.", Scheme.Lsq);
    private readonly Option<string?> _loss =
        CliOption.OneOf(
            "--loss",
            "What is learnt: the teacher (kd), the labels (gt) or both. [default: kd+gt for lsq and bibert, kd for ternary, binarybert and bit, else gt]",
            "kd+gt", "kd", "gt");
    private readonly Option<string?> _parts = CliOption.Text(
        "--loss-parts", "NAMES",
        $"Sentence encoders: what of the teacher is imitated, joined by commas: {string.Join(", ", s_parts)}. [default: all of them]");
    private readonly Option<double?> _sentenceWeight = CliOption.OptionalReal(
        "--sentence-weight", $"Sentence encoders: weight of a vector's direction. [default: {LossOptions.Sentences.SentenceWeight}]", 0, 1e6);
    private readonly Option<double?> _similarityWeight = CliOption.OptionalReal(
        "--similarity-weight", $"Sentence encoders: weight of the cosines within a batch. [default: {LossOptions.Sentences.SimilarityWeight}]", 0, 1e6);
    private readonly Option<double?> _temperature =
        CliOption.OptionalReal("--temperature", "What logits are divided by before they are compared with the teacher's. [default: 1]", 0.01, 100);
    private readonly Option<double?> _spanWeight =
        CliOption.OptionalReal("--qa-logit-weight", "Weight of the teacher's answers to questions; KDLSQ-BERT's code has 100. [default: 1]", 0, 1e6);
    private readonly Option<double?> _weightScaleRate =
        CliOption.OptionalReal("--weight-scale-lr", "Learning rate of clipping thresholds of weights. [default: 1e-3]", 0, 10);
    private readonly Option<double?> _activationScaleRate =
        CliOption.OptionalReal(
            "--activation-scale-lr", "Learning rate of ranges of activations. [default: 3e-2; 2e-4 for bit, and for those of one bit]", 0, 10);
    private readonly Option<ScaleInitialization?> _initialization =
        CliOption.Choice<ScaleInitialization>(
            "--scale-initialization", "How thresholds begin. [default: truncation for lsq, mean-magnitude for bit and bibert]", null);
    private readonly Option<bool> _gradientFactor =
        new("--scale-gradient-factor") { Description =
        "Multiply gradients of thresholds by 1 / sqrt(elements x levels), as LSQ does and KDLSQ-BERT does not." };
    private readonly Option<bool> _symmetric =
        new("--symmetric-probabilities") { Description = "Give attention probabilities codes of both signs, as KDLSQ-BERT's code does." };
    private readonly Option<HiddenActivation?> _activation = CliOption.Choice<HiddenActivation>(
        "--hidden-activation", "The student's function between the feed-forward layers. [default: the teacher's; relu for bit]", null);
    private readonly Option<AttentionKind?> _attention = CliOption.Choice<AttentionKind>(
        "--attention", "How the student's attention weighs values: boolean multiplies signs. [default: softmax; boolean for bibert]", null);
    private readonly Option<ActivationScales?> _scales = CliOption.Choice<ActivationScales>(
        "--activation-scales",
        "Scales of activations of one bit, with shifts: learned (BiT), or without, the mean magnitude or one. [default: learned; one for bibert]", null);
    private readonly Option<bool> _noCascade =
        new("--no-cascade") { Description = "bit: learn from the teacher at once, not through a student whose activations have two bits." };
    private readonly Option<bool> _lossAware = new("--loss-aware") { Description = "Weigh the errors of ternary weights by the optimizer's second moments." };
    private readonly Option<int> _iterations = CliOption.Number("--cluster-iterations", "Iterations of k-means.", 3, least: 1, most: 1000);

    public void AddTo(Command command)
    {
        _bits.Required = true;
        Option[] all =
        [
            _bits, _embeddingBits, _positionBits, _activationBits, _attentionBits, _numerics, _groups, _layers, _width, _splitBudget, _scheme, _loss,
            _temperature, _spanWeight, _parts, _sentenceWeight, _similarityWeight, _weightScaleRate,
            _activationScaleRate,
            _initialization, _gradientFactor, _symmetric, _activation, _attention, _scales, _noCascade, _lossAware, _iterations,
        ];
        foreach (Option option in all)
        {
            command.Add(option);
        }
    }

    /// <summary>Gets the method, and refuses options that mean nothing to it.</summary>
    /// <exception cref="UsageException">An option belongs to another method.</exception>
    public DistillMethod Method(OptionValues values)
    {
        DistillMethod method = DistillMethod.All.First(method => method.Scheme == (values.Get(_scheme) ?? Scheme.Lsq));
        bool isOneBit = ActivationBits(values, method) == 1;
        if (method.Traits.KeepsRanges != (NumericsOf(values) == Numerics.Quantized))
        {
            throw new UsageException(method.Traits.KeepsRanges
                ? $"--scheme {method.Traits.Name} rounds every operation, which --numerics {CliOption.NameOf(NumericsOf(values))} excludes"
                : $"--numerics quantized is trained by --scheme {WeightSchemes.Of(Scheme.FullyQt).Name}");
        }

        Require(values, method, Scheme.Lsq, _weightScaleRate);
        bool learns = method.Traits.Learns is LearnedPart.Thresholds or LearnedPart.Ranges;
        Require(values, learns || isOneBit, "--scheme lsq, bit or bibert", _activationScaleRate);
        Require(values, learns, "--scheme lsq, bit or bibert", _initialization, _gradientFactor);
        Require(values, isOneBit, "activations of one bit", _scales);
        Require(values, method.Scheme == Scheme.Bit && isOneBit, "--scheme bit and activations of one bit", _noCascade);
        Require(values, method, Scheme.Ternary, _lossAware);
        Require(values, method, Scheme.KMeans, _iterations);
        Require(values, method, Scheme.BinaryBert, _width, _splitBudget);
        Require(values, method.Scheme != Scheme.BinaryBert || LossName(values, method) == "kd", "another --scheme: binarybert learns from its teacher", _loss);
        Require(values, LossName(values, method).Contains("kd", StringComparison.Ordinal), "a loss with kd", _temperature, _spanWeight);
        return method;
    }

    /// <summary>Gets what is learnt.</summary>
    public LossOptions Loss(OptionValues values, DistillMethod method) =>
        DistillMethod.LossOf(LossName(values, method), values.Get(_temperature) ?? 1, values.Get(_spanWeight) ?? 1, method.Parts);

    /// <summary>Gets whether a student with activations of two bits stands between the teacher and the student.</summary>
    public bool HasCascade(OptionValues values, DistillMethod method) =>
        method.Scheme == Scheme.Bit && ActivationBits(values, method) == 1 && !values.Get(_noCascade);

    /// <summary>Gets whether the command line says what is learnt, and that this is the teacher.</summary>
    public bool AsksForTeacher(OptionValues values) => values.Get(_loss)?.Contains("kd", StringComparison.Ordinal) ?? false;

    /// <summary>Gets the name of what is learnt.</summary>
    public string LossName(OptionValues values, DistillMethod method) => values.Get(_loss) ?? method.Loss;

    /// <summary>Gets what a sentence encoder learns.</summary>
    /// <exception cref="UsageException">Labels are asked for, or a part that nobody knows.</exception>
    public LossOptions SentenceLoss(OptionValues values)
    {
        Require(values, values.Get(_loss) is null or "kd", "a teacher with outputs: a sentence encoder has no labels", _loss);
        Require(values, false, "a teacher with outputs", _temperature, _spanWeight);
        LossOptions all = LossOptions.Sentences;
        string[] parts = [.. PartsOf(values)];
        return all with
        {
            HiddenWeight = parts.Contains(s_parts[0]) ? all.HiddenWeight : 0,
            AttentionWeight = parts.Contains(s_parts[1]) ? all.AttentionWeight : 0,
            SentenceWeight = parts.Contains(s_parts[2]) ? values.Get(_sentenceWeight) ?? all.SentenceWeight : 0,
            SimilarityWeight = parts.Contains(s_parts[3]) ? values.Get(_similarityWeight) ?? all.SimilarityWeight : 0,
        };
    }

    /// <summary>Gets the names of what a sentence encoder learns.</summary>
    public string SentenceLossName(OptionValues values) => string.Join('+', PartsOf(values));

    /// <summary>Refuses the options of sentence encoders for other models.</summary>
    public void RequireNoSentences(OptionValues values) =>
        Require(values, false, "a teacher that is a sentence encoder", _parts, _sentenceWeight, _similarityWeight);

    /// <summary>Builds the student's model.</summary>
    /// <exception cref="UsageException">The options describe no model, or one that cannot imitate the teacher.</exception>
    public ModelSpec Spec(OptionValues values, DistillMethod method, ModelConfig teacher, BertHead head) => method.Scheme == Scheme.FullyQt
        ? RowsSpec(values, method, teacher, head)
        : Spec(values, method, method.Traits, values.Get(_bits)!.Value, ActivationBits(values, method), teacher, head);

    // Gradients of a student that rounds everything are those of symmetric codes with as many groups.
    private ModelSpec RowsSpec(OptionValues values, DistillMethod method, ModelConfig teacher, BertHead head)
    {
        SpecOptions options = Identity(values, method, method.Traits, values.Get(_bits)!.Value, ActivationBits(values, method), head);
        IEnumerable<PlanEntry> rows = ExecutedSpec(values, method, teacher, head).Matrices.Select(matrix =>
            new PlanEntry(matrix.Name, null, matrix.GroupCount, null, null, default));
        return ModelSpecs.Quantized(
            Config(values, method, teacher), options with { Plan = new EquatableArray<PlanEntry>(rows) },
            new Recipe { Scheme = DistillMethod.GradientsOf(method.Scheme) });
    }

    /// <summary>Gets what the student computes with between products of codes.</summary>
    public Numerics NumericsOf(OptionValues values) => values.Get(_numerics) ?? (values.Get(_scheme) == Scheme.FullyQt ? Numerics.Quantized : Numerics.Float);

    /// <summary>Gets whether the student learns from the outputs of its packed form, which is no model of floats between products.</summary>
    public bool IsExecuted(OptionValues values) => NumericsOf(values) != Numerics.Float;

    /// <summary>Builds the packed form of such a student, which is trained as that of <see cref="Spec(OptionValues, DistillMethod, ModelConfig,
    /// BertHead)"/>.</summary>
    /// <exception cref="UsageException">The options exclude it.</exception>
    public ModelSpec ExecutedSpec(OptionValues values, DistillMethod method, ModelConfig teacher, BertHead head)
    {
        SpecOptions options = Identity(values, method, method.Traits, values.Get(_bits)!.Value, ActivationBits(values, method), head);
        return ModelSpecs.Quantized(
            Config(values, method, teacher), options with { Training = false, Numerics = NumericsOf(values) }, new Recipe { Scheme = method.Scheme });
    }

    /// <summary>Builds the student of a cascade whose activations have more bits.</summary>
    public ModelSpec SpecBetween(OptionValues values, DistillMethod method, ModelConfig teacher, BertHead head) =>
        Spec(values, method, method.Traits, values.Get(_bits)!.Value, BitsBetween, teacher, head);

    /// <summary>Builds the ternary student that a student of pairs is split from.</summary>
    public ModelSpec TernarySpec(OptionValues values, DistillMethod method, ModelConfig teacher, BertHead head) =>
        Spec(
            values, method, WeightSchemes.Of(Scheme.Ternary), TernaryBits, ActivationBits(values, method), teacher, head,
            values.Get(_embeddingBits) is 1 ? TernaryBits : null);

    /// <summary>Builds the ternary student in full precision.</summary>
    public ModelSpec NarrowSpec(OptionValues values, DistillMethod method, ModelConfig teacher, BertHead head) =>
        ModelSpecs.FullPrecision(Config(values, method, teacher), head);

    /// <summary>Gets the most bytes of a student of pairs; null where all matrices are split.</summary>
    public long? SplitBudget(OptionValues values) => (long?)values.Get(_splitBudget);

    private int? ActivationBits(OptionValues values, DistillMethod method) => values.Get(_activationBits) ?? method.ActivationBits;

    private ModelSpec Spec(
        OptionValues values, DistillMethod method, SchemeTraits weights, int bits, int? activations, ModelConfig teacher, BertHead head,
        int? embeddingBits = null)
    {
        SpecOptions options = Identity(values, method, weights, bits, activations, head);
        return ModelSpecs.Quantized(
            Config(values, method, teacher), embeddingBits is null ? options : options with { EmbeddingBits = embeddingBits },
            new Recipe { Scheme = weights.Scheme, EmbeddingScheme = EmbeddingScheme(method.Scheme) });
    }

    private SpecOptions Identity(OptionValues values, DistillMethod method, SchemeTraits weights, int bits, int? activations, BertHead head)
    {
        // Attention multiplies two bits or more, and a student between others has the attention of the last.
        int attention = ActivationBits(values, method) is int own and not 1 ? own : 8;
        bool isInteger = NumericsOf(values) == Numerics.Integer;
        return new SpecOptions
        {
            Bits = bits,
            GroupCount = values.Get(_groups),
            EmbeddingBits = values.Get(_embeddingBits),
            PositionBits = values.Get(_positionBits) ?? new SpecOptions().PositionBits,
            Storage = weights.Storage,
            ActivationBits = activations,
            AttentionBits = values.Get(_attentionBits) ?? (isInteger ? 8 : method.QuantizesAttention && bits != 32 ? attention : 32),
            Attention = values.Get(_attention) ?? method.Attention,
            ActivationRange = activations == 1 || isInteger ? ActivationRange.Static : method.Range,
            Head = head,
            Training = true,
        };
    }

    private ModelConfig Config(OptionValues values, DistillMethod method, ModelConfig teacher)
    {
        ModelConfig config = teacher with
        {
            Layers = values.Get(_layers) ?? teacher.Layers,
            HiddenActivation = values.Get(_activation) ?? method.HiddenActivation ?? teacher.HiddenActivation,
        };
        return method.Scheme == Scheme.BinaryBert ? Narrow(config, values.Get(_width) ?? DefaultWidth) : config;
    }

    // Heads stay as wide as they are.
    private static ModelConfig Narrow(ModelConfig teacher, double width)
    {
        int heads = Math.Max(1, (int)Math.Round(teacher.Heads * width));
        return teacher with
        {
            Heads = heads,
            AttentionSize = heads == teacher.Heads ? teacher.AttentionSize : heads * (teacher.AttentionWidth / teacher.Heads),
            IntermediateSize = Math.Max(1, (int)Math.Round(teacher.IntermediateSize * width)),
        };
    }

    // An embedding of two bits or more is no pair; it stays what the ternary student had. Nor has it signs around a mean.
    private static Scheme? EmbeddingScheme(Scheme scheme) => scheme is Scheme.BinaryBert or Scheme.Bit or Scheme.BiBert ? Scheme.Ternary : null;

    /// <summary>Gets how the student is computed.</summary>
    public TrainableOptions Trainable(OptionValues values, int threads, float hiddenDropout, float attentionDropout, ulong seed) => new()
    {
        Scheme = DistillMethod.GradientsOf(Method(values).Scheme),
        EmbeddingScheme = EmbeddingScheme(Method(values).Scheme),
        Threads = threads,
        HiddenDropout = hiddenDropout,
        AttentionDropout = attentionDropout,
        ScaleInitialization = values.Get(_initialization) ?? Method(values).Initialization,
        ScaleGradientFactor = values.Get(_gradientFactor),
        SymmetricProbabilities = values.Get(_symmetric),
        ActivationScales = values.Get(_scales) ?? Method(values).Scales,
        LossAware = values.Get(_lossAware),
        ClusterIterations = values.Get(_iterations),
        ClusterSeed = seed,
    };

    /// <summary>Gets optimizer, rates and epochs before what all trainings can be told.</summary>
    public TrainingOptions Training(OptionValues values, DistillMethod method) => method.Training with
    {
        Optimizer = method.Training.Optimizer with
        {
            WeightScaleLearningRate = values.Get(_weightScaleRate) ?? method.Training.Optimizer.WeightScaleLearningRate,
            ActivationScaleLearningRate = values.Get(_activationScaleRate)
                ?? (ActivationBits(values, method) == 1 ? DistillMethod.ElasticRate : method.Training.Optimizer.ActivationScaleLearningRate),
        },
    };

    private IEnumerable<string> PartsOf(OptionValues values)
    {
        string[] parts = values.Get(_parts)?.Split(',', StringSplitOptions.TrimEntries) ?? s_parts;
        return Array.Find(parts, part => !s_parts.Contains(part)) is string unknown
            ? throw new UsageException($"--loss-parts takes {string.Join(", ", s_parts)}, joined by commas, and it is '{unknown}'")
            : s_parts.Where(part => parts.Contains(part));
    }

    private static void Require(OptionValues values, DistillMethod method, Scheme scheme, params Option[] options) =>
        Require(values, method.Scheme == scheme, "--scheme " + WeightSchemes.Of(scheme).Name, options);

    private static void Require(OptionValues values, bool applies, string what, params Option[] options)
    {
        if (!applies && Array.Find(options, values.Has) is Option unused)
        {
            throw new UsageException($"{unused.Name} needs {what}");
        }
    }
}
