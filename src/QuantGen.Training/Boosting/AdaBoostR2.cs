namespace QuantGen.Training.Boosting;

/// <summary>AdaBoost for numbers instead of classes: AdaBoost.R2 with squared losses (Drucker, 1997; algorithms.md 6).</summary>
public static class AdaBoostR2
{
    /// <summary>The error from which on a member has no vote.</summary>
    public const double Chance = 0.5;

    /// <summary>Computes how wrong predictions are: squares of distances, of which the largest is 1; all 0 where no prediction is off.</summary>
    /// <param name="predictions">One an example.</param>
    /// <param name="labels">As many.</param>
    public static float[] Losses(ReadOnlySpan<float> predictions, ReadOnlySpan<double> labels)
    {
        double largest = 0;
        for (int i = 0; i < predictions.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(predictions[i] - labels[i]));
        }

        float[] losses = new float[predictions.Length];
        for (int i = 0; i < losses.Length && largest > 0; i++)
        {
            double share = (predictions[i] - labels[i]) / largest;
            losses[i] = (float)(share * share);
        }

        return losses;
    }

    /// <summary>Averages losses by weight.</summary>
    /// <param name="weights">The weights of the examples, with a sum of 1.</param>
    /// <param name="losses">Their losses, 0 to 1.</param>
    public static double Error(ReadOnlySpan<double> weights, ReadOnlySpan<float> losses)
    {
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * losses[i];
        }

        return sum;
    }

    /// <summary>Computes what a member weighs in the mean of all: ln(1 / beta) with beta = error / (1 - error); above 0 for an error below
    /// <see cref="Chance"/>.</summary>
    /// <param name="error">Its weighted error.</param>
    public static double Vote(double error) => AdaBoost.LogOdds(error);

    /// <summary>Computes the weights of the examples for the next member: w beta^(1 - loss), with a sum of 1.</summary>
    /// <param name="weights">The weights that the last member had.</param>
    /// <param name="losses">Its losses.</param>
    /// <param name="vote">What it weighs.</param>
    public static double[] Reweigh(ReadOnlySpan<double> weights, ReadOnlySpan<float> losses, double vote)
    {
        double[] next = new double[weights.Length];
        for (int i = 0; i < next.Length; i++)
        {
            next[i] = weights[i] * Math.Exp(-vote * (1 - losses[i]));
        }

        return AdaBoost.Normalized(next);
    }
}
