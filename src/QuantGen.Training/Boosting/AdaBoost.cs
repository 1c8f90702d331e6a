namespace QuantGen.Training.Boosting;

/// <summary>What a member's vote weighs, and which examples matter to the next one: AdaBoost, for more than two classes in the form of SAMME (Hastie et al.,
/// 2009).</summary>
public static class AdaBoost
{
    // A member without errors would weigh infinitely much.
    private const double SmallestError = 1e-6;

    /// <summary>Gets the weights that examples begin with: all the same, with a sum of 1.</summary>
    /// <param name="examples">How many examples.</param>
    public static double[] Even(int examples) => [.. Enumerable.Repeat(1.0 / examples, examples)];

    /// <summary>Adds up the weights of the examples that a member gets wrong.</summary>
    /// <param name="weights">The weights of the examples that it learnt from.</param>
    /// <param name="wrong">Which of them it gets wrong.</param>
    public static double Error(ReadOnlySpan<double> weights, ReadOnlySpan<bool> wrong)
    {
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += wrong[i] ? weights[i] : 0;
        }

        return sum;
    }

    /// <summary>Gets the error of a member that guesses; one that is no better has no vote.</summary>
    /// <param name="classes">How many classes, at least 2.</param>
    public static double Chance(int classes) => 1 - (1.0 / classes);

    /// <summary>Computes what a member's vote weighs; above 0 for one that is better than chance.</summary>
    /// <param name="error">Its weighted error.</param>
    /// <param name="classes">How many classes, at least 2.</param>
    public static double Vote(double error, int classes)
    {
        double odds = LogOdds(error);
        return classes == 2 ? 0.5 * odds : odds + Math.Log(classes - 1);
    }

    /// <summary>Computes the weights of the examples for the next member: those that the last one got wrong matter more.</summary>
    /// <param name="weights">The weights that the last member had.</param>
    /// <param name="wrong">What it got wrong.</param>
    /// <param name="vote">What its vote weighs.</param>
    /// <param name="classes">How many classes, at least 2.</param>
    /// <returns>New weights with a sum of 1.</returns>
    public static double[] Reweigh(ReadOnlySpan<double> weights, ReadOnlySpan<bool> wrong, double vote, int classes)
    {
        // Of two classes what is right matters less, too; of more, the vote says it all.
        double right = classes == 2 ? Math.Exp(-vote) : 1;
        double more = Math.Exp(vote);
        double[] next = new double[weights.Length];
        for (int i = 0; i < next.Length; i++)
        {
            next[i] = weights[i] * (wrong[i] ? more : right);
        }

        return Normalized(next);
    }

    /// <summary>Gets ln((1 - error) / error), finite for no error at all.</summary>
    internal static double LogOdds(double error) => Math.Log((1 - Math.Max(error, SmallestError)) / Math.Max(error, SmallestError));

    /// <summary>Divides weights by their sum, in place.</summary>
    internal static double[] Normalized(double[] weights)
    {
        double sum = 0;
        foreach (double weight in weights)
        {
            sum += weight;
        }

        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] /= sum;
        }

        return weights;
    }
}
