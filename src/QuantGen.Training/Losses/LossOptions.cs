namespace QuantGen.Training.Losses;

/// <summary>Of what the loss consists. The defaults are those of KDLSQ-BERT: everything, with weight 1.</summary>
public sealed record LossOptions
{
    /// <summary>Gets the loss of the labels alone.</summary>
    public static LossOptions Labels { get; } = new() { Transformer = false, Prediction = false };

    /// <summary>
    /// Gets the loss of sentence encoders, which have no outputs and no labels: hidden states, attention scores and the vectors of texts, the teacher's all.
    /// With these weights its parts begin in one order of magnitude at 2 bits; no other weights were compared with them.
    /// </summary>
    public static LossOptions Sentences { get; } = new() { Prediction = false, GroundTruth = false, SentenceWeight = 10, SimilarityWeight = 100 };

    /// <summary>Makes the loss of sentence encoders that learn from pairs of texts.</summary>
    /// <param name="objective">What of the pairs is learnt.</param>
    public static LossOptions OfPairs(SentenceObjective objective) => Labels with { Pairs = objective };

    /// <summary>Gets what a sentence encoder learns from pairs of texts, as <see cref="GroundTruth"/>; null, the default, for models with outputs.</summary>
    public SentenceObjective? Pairs { get; init; }

    /// <summary>Gets whether hidden states and attention scores shall be the teacher's. Default true.</summary>
    public bool Transformer { get; init; } = true;

    /// <summary>Gets the weight of hidden states within <see cref="Transformer"/>; 0 leaves them out. Default 1.</summary>
    public double HiddenWeight { get; init; } = 1;

    /// <summary>Gets the weight of attention scores within <see cref="Transformer"/>; 0 leaves them out. Default 1.</summary>
    public double AttentionWeight { get; init; } = 1;

    /// <summary>
    /// Gets whether the direction of each layer's hidden states counts rather than their values: the distance of tensors of length 1 (BiBERT). Default false.
    /// </summary>
    public bool HiddenDirections { get; init; }

    /// <summary>Gets whether products of queries, of keys and of values with one another shall have the direction of the teacher's (direction-matching
    /// distillation, BiBERT). Default false.</summary>
    public bool ProductDirections { get; init; }

    /// <summary>Gets the weight of the angle between a text's vector and the teacher's; 0, the default, leaves it out. Sentence encoders only.</summary>
    public double SentenceWeight { get; init; }

    /// <summary>
    /// Gets the weight of the differences between a batch's cosines and the teacher's; 0, the default, leaves them out. Sentence encoders only.
    /// </summary>
    public double SimilarityWeight { get; init; }

    /// <summary>Gets whether outputs shall be the teacher's. Default true.</summary>
    public bool Prediction { get; init; } = true;

    /// <summary>Gets whether outputs shall be what the labels say. Default true.</summary>
    public bool GroundTruth { get; init; } = true;

    /// <summary>Gets the weight of <see cref="GroundTruth"/>. Default 1.</summary>
    public double GroundTruthWeight { get; init; } = 1;

    /// <summary>Gets how much of each label's probability is given to all classes alike (Szegedy et al., 2016), from 0 below 1. Default 0.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Gets the weight of each class within <see cref="GroundTruth"/>; null, the default, for 1 each. The sum is divided by the weights that
    /// counted.</summary>
    public IReadOnlyList<double>? ClassWeights { get; init; }

    /// <summary>Gets whether real outputs go through a sigmoid and are learnt as probabilities. Default false.</summary>
    public bool SigmoidValues { get; init; }

    /// <summary>Gets what logits are divided by before they are compared with the teacher's. Default 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Gets the weight of <see cref="Prediction"/> for answers to questions; KDLSQ-BERT's code, though not its paper, has 100. Default 1.</summary>
    public double SpanPredictionWeight { get; init; } = 1;

    /// <summary>Gets whether a teacher is needed.</summary>
    public bool NeedsTeacher => HasHidden || HasScores || Prediction || HasVectors || ProductDirections;

    /// <summary>
    /// Gets whether the loss compares the texts of a batch with one another, or has the length of a tensor of all texts in it: such a batch is run whole.
    /// </summary>
    public bool ComparesTexts => Pairs is not null || SimilarityWeight > 0 || ProductDirections || (HasHidden && HiddenDirections);

    internal bool HasHidden => Transformer && HiddenWeight > 0;

    internal bool HasScores => Transformer && AttentionWeight > 0;

    internal bool HasVectors => SentenceWeight > 0 || SimilarityWeight > 0;
}
