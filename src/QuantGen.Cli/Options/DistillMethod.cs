using QuantGen.Schemes;
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

    /// <summary>Gets the traits of the scheme.</summary>
    public SchemeTraits Traits => WeightSchemes.Of(Scheme);

    /// <summary>Gets whether the teacher's attention scores are imitated beside its hidden states.</summary>
    public bool ImitatesScores => Scheme != Scheme.Bit;

    /// <summary>All methods: KDLSQ-BERT, Q8BERT, TernaryBERT, k-means and linear clusters with trained centroids, BinaryBERT and BiT.</summary>
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
        new(Scheme.Bit, ActivationRange.Static, "kd", true, s_adam with
        {
            Epochs = 10, WarmupShare = 0.1,
            Optimizer = new OptimizerOptions { Kind = OptimizerKind.BertAdam, LearningRate = 2e-4, ActivationScaleLearningRate = ElasticRate },
        }),
    ];

    /// <summary>Makes the loss of a name: <c>kd</c> is the teacher's, <c>gt</c> the labels'.</summary>
    /// <param name="name">The name.</param>
    /// <param name="temperature">What logits are divided by before they are compared.</param>
    /// <param name="spanWeight">The weight of the teacher's answers to questions.</param>
    public static LossOptions LossOf(string name, double temperature, double spanWeight)
    {
        bool imitates = name.Contains("kd", StringComparison.Ordinal);
        return new LossOptions
        {
            Transformer = imitates, Prediction = imitates, GroundTruth = name.Contains("gt", StringComparison.Ordinal), Temperature = temperature,
            SpanPredictionWeight = spanWeight,
        };
    }
}
