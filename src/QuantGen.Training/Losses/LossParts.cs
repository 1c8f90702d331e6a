namespace QuantGen.Training.Losses;

/// <summary>A loss and what it consists of; parts that were not asked for are 0.</summary>
/// <param name="Hidden">Squared differences of hidden states to the teacher's.</param>
/// <param name="Attention">Squared differences of attention scores to the teacher's.</param>
/// <param name="Prediction">Difference of the outputs to the teacher's.</param>
/// <param name="GroundTruth">Difference of the outputs to the labels.</param>
/// <param name="Sentence">Angles between the vectors of texts and the teacher's.</param>
/// <param name="Similarity">Squared differences of the cosines of a batch's texts to the teacher's.</param>
/// <param name="Directions">Distances of the directions of queries', keys' and values' products to the teacher's.</param>
public readonly record struct LossParts(
    double Hidden, double Attention, double Prediction, double GroundTruth, double Sentence = 0, double Similarity = 0, double Directions = 0)
{
    /// <summary>Gets the sum, which is what training minimises.</summary>
    public double Total => Hidden + Attention + Prediction + GroundTruth + Sentence + Similarity + Directions;

    /// <summary>Adds part by part.</summary>
    /// <param name="left">A loss.</param>
    /// <param name="right">Another.</param>
    public static LossParts operator +(LossParts left, LossParts right) => new(
        left.Hidden + right.Hidden, left.Attention + right.Attention, left.Prediction + right.Prediction, left.GroundTruth + right.GroundTruth,
        left.Sentence + right.Sentence, left.Similarity + right.Similarity, left.Directions + right.Directions);

    /// <summary>Divides every part.</summary>
    /// <param name="left">A loss.</param>
    /// <param name="right">A number other than 0.</param>
    public static LossParts operator /(LossParts left, double right) => new(
        left.Hidden / right, left.Attention / right, left.Prediction / right, left.GroundTruth / right, left.Sentence / right, left.Similarity / right,
        left.Directions / right);

    /// <summary>Adds part by part.</summary>
    /// <param name="left">A loss.</param>
    /// <param name="right">Another.</param>
    public static LossParts Add(LossParts left, LossParts right) => left + right;

    /// <summary>Divides every part.</summary>
    /// <param name="left">A loss.</param>
    /// <param name="right">A number other than 0.</param>
    public static LossParts Divide(LossParts left, double right) => left / right;
}
