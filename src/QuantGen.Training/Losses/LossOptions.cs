namespace QuantGen.Training.Losses;

/// <summary>Of what the loss consists. The defaults are those of KDLSQ-BERT: everything, with weight 1.</summary>
public sealed record LossOptions
{
    /// <summary>Gets the loss of the labels alone.</summary>
    public static LossOptions Labels { get; } = new() { Transformer = false, Prediction = false };

    /// <summary>Gets whether hidden states and attention scores shall be the teacher's. Default true.</summary>
    public bool Transformer { get; init; } = true;

    /// <summary>Gets whether outputs shall be the teacher's. Default true.</summary>
    public bool Prediction { get; init; } = true;

    /// <summary>Gets whether outputs shall be what the labels say. Default true.</summary>
    public bool GroundTruth { get; init; } = true;

    /// <summary>Gets what logits are divided by before they are compared with the teacher's. Default 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Gets the weight of <see cref="Prediction"/> for answers to questions; KDLSQ-BERT's code, though not its paper, has 100. Default 1.</summary>
    public double SpanPredictionWeight { get; init; } = 1;

    /// <summary>Gets whether a teacher is needed.</summary>
    public bool NeedsTeacher => Transformer || Prediction;
}
