using QuantGen.Schemes;
using QuantGen.Trainable;
using QuantGen.Training.Loop;
using QuantGen.Training.Losses;
using QuantGen.Training.Optimization;

namespace QuantGen.Cli.Options;

/// <summary>A method of quantization-aware training with the defaults of its paper.</summary>
/// <param name="Scheme">Who finds the codes of weights.</param>
/// <param name="Range">Where ranges of activations come from.</param>
/// <param name="Loss">The default loss.</param>
/// <param name="QuantizesAttention">Whether attention's operands have the bits of activations by default, and 8 where those have one.</param>
/// <param name="Training">Optimizer, rates and epochs.</param>
internal sealed record DistillMethod(Scheme Scheme, ActivationRange Range, string Loss, bool QuantizesAttention, TrainingOptions Training)
{
    /// <summary>The learning rate of scales and shifts of activations of one bit: that of the weights.</summary>
    public const double ElasticRate = 2e-4;

    private static readonly TrainingOptions s_adam = new();

    private static readonly TrainingOptions s_bits = s_adam with
    {
        Epochs = 10, WarmupShare = 0.1,
        Optimizer = new OptimizerOptions { Kind = OptimizerKind.BertAdam, LearningRate = 2e-4, ActivationScaleLearningRate = ElasticRate },
    };

    /// <summary>Gets the traits of the scheme.</summary>
    public SchemeTraits Traits => WeightSchemes.Of(Scheme);

    /// <summary>Gets the default bits of activations; null for those of the model.</summary>
    public int? ActivationBits { get; init; }

    /// <summary>Gets the student's function between the feed-forward layers by default; null for the teacher's.</summary>
    public HiddenActivation? HiddenActivation { get; init; }

    /// <summary>Gets how the student's attention weighs values by default.</summary>
    public AttentionKind Attention { get; init; }

    /// <summary>Gets how scales of activations of one bit are found by default.</summary>
    public ActivationScales Scales { get; init; }

    /// <summary>Gets how thresholds begin by default.</summary>
    public ScaleInitialization Initialization { get; init; } = ScaleInitialization.Truncation;

    /// <summary>Gets how the losses of teacher and labels are put together.</summary>
    public LossOptions Parts { get; init; } = new();

    /// <summary>All methods: KDLSQ-BERT, Q8BERT, TernaryBERT, k-means and linear clusters with trained centroids, BinaryBERT, BiT, BiBERT and
    /// FullyQT.</summary>
    public static IReadOnlyList<DistillMethod> All { get; } =
    [
        new(Scheme.Lsq, ActivationRange.Static, "kd+gt", true, s_adam),
        new(Scheme.Linear, ActivationRange.Static, "gt", false, s_adam with { Optimizer = new OptimizerOptions { LearningRate = 2e-5 } }),
        new(Scheme.Ternary, ActivationRange.PerToken, "kd", true, s_adam with
        {
            WarmupShare = 0.1, Optimizer = new OptimizerOptions { Kind = OptimizerKind.BertAdam, LearningRate = 2e-5 },
        }),
        new(Scheme.KMeans, ActivationRange.PerToken, "gt", false, s_adam),
        new(Scheme.LinearClusters, ActivationRange.PerToken, "gt", false, s_adam),
        new(Scheme.BinaryBert, ActivationRange.PerToken, "kd", true, s_adam with
        {
            Epochs = 2, WarmupShare = 0.1, Optimizer = new OptimizerOptions { Kind = OptimizerKind.BertAdam, LearningRate = 5e-5 },
        }),
        new(Scheme.Bit, ActivationRange.Static, "kd", true, s_bits)
        {
            ActivationBits = 1, HiddenActivation = QuantGen.HiddenActivation.Relu, Initialization = ScaleInitialization.MeanMagnitude,
            Parts = new LossOptions { AttentionWeight = 0 },
        },
        new(Scheme.BiBert, ActivationRange.Static, "kd+gt", false, s_bits)
        {
            ActivationBits = 1, Attention = AttentionKind.Boolean, Scales = ActivationScales.One, Initialization = ScaleInitialization.MeanMagnitude,
            Parts = new LossOptions { AttentionWeight = 0, HiddenDirections = true, ProductDirections = true, GroundTruthWeight = 0.5 },
        },
        new(Scheme.FullyQt, ActivationRange.Static, "kd", true, s_adam with { Optimizer = new OptimizerOptions { LearningRate = 2e-5 } }),
    ];

    /// <summary>Gets the scheme whose gradients a student has: of one that rounds every operation symmetric codes over the largest magnitude.</summary>
    /// <param name="scheme">The student's scheme.</param>
    public static Scheme GradientsOf(Scheme scheme) => scheme == Scheme.FullyQt ? Scheme.Linear : scheme;

    /// <summary>Makes the loss of a name: <c>kd</c> is the teacher's, <c>gt</c> the labels'.</summary>
    /// <param name="name">The name.</param>
    /// <param name="temperature">What logits are divided by before they are compared.</param>
    /// <param name="spanWeight">The weight of the teacher's answers to questions.</param>
    /// <param name="parts">How both are put together; null for the usual way.</param>
    public static LossOptions LossOf(string name, double temperature, double spanWeight, LossOptions? parts = null)
    {
        bool imitates = name.Contains("kd", StringComparison.Ordinal);
        LossOptions all = parts ?? new LossOptions();
        return all with
        {
            Transformer = imitates, Prediction = imitates, GroundTruth = name.Contains("gt", StringComparison.Ordinal), Temperature = temperature,
            SpanPredictionWeight = spanWeight, ProductDirections = imitates && all.ProductDirections,
        };
    }
}
