namespace QuantGen.Training.Losses;

/// <summary>Losses of labels of which any number may hold: each is a decision of its own between two. Gradients are added to what is there already; means
/// over the whole batch are returned in shares.</summary>
internal static class LabelLosses
{
    /// <summary>Mean over rows and labels of the cross-entropy between a label's sigmoid and whether it holds.</summary>
    /// <param name="logits">The outputs, <c>[rows, labels]</c>.</param>
    /// <param name="gradients">Receives the gradients, as many.</param>
    /// <param name="classes">The labels of each row that hold.</param>
    /// <param name="labels">Labels of a row.</param>
    /// <param name="whole">Rows of the whole batch.</param>
    /// <param name="options">Smoothing, which lets a label hold by half of its share less, and the weight of a label where it holds.</param>
    public static double[] CrossEntropy(float[] logits, float[] gradients, int[][] classes, int labels, int whole, LossOptions options)
    {
        double[] shares = new double[classes.Length * labels];
        double count = (double)whole * labels;
        for (int row = 0; row < classes.Length; row++)
        {
            for (int label = 0; label < labels; label++)
            {
                bool holds = Array.IndexOf(classes[row], label) >= 0;
                double wanted = holds ? 1 - (options.LabelSmoothing / 2) : options.LabelSmoothing / 2;
                double weight = holds ? options.ClassWeights?[label] ?? 1 : 1;
                int place = (row * labels) + label;
                shares[place] = weight * Loss(logits[place], wanted) / count;
                gradients[place] += (float)(weight * (Sigmoid(logits[place]) - wanted) / count);
            }
        }

        return shares;
    }

    /// <summary>Mean over outputs of the cross-entropy between their sigmoids and probabilities.</summary>
    public static double[] CrossEntropy(float[] logits, float[] gradients, ReadOnlySpan<double> wanted, int whole)
    {
        double[] shares = new double[wanted.Length];
        for (int i = 0; i < wanted.Length; i++)
        {
            shares[i] = Loss(logits[i], wanted[i]) / whole;
            gradients[i] += (float)((Sigmoid(logits[i]) - wanted[i]) / whole);
        }

        return shares;
    }

    /// <summary>Mean over outputs of the cross-entropy with the teacher's sigmoids.</summary>
    public static double[] SoftCrossEntropy(float[] logits, float[] teacher, float[] gradients, int count, int whole, double temperature)
    {
        double[] shares = new double[count];
        for (int i = 0; i < count; i++)
        {
            double wanted = Sigmoid(teacher[i] / temperature);
            shares[i] = Loss(logits[i] / temperature, wanted) / whole;
            gradients[i] += (float)((Sigmoid(logits[i] / temperature) - wanted) / (whole * temperature));
        }

        return shares;
    }

    private static double Sigmoid(double logit) => 1 / (1 + Math.Exp(-logit));

    // log(1 + e^x) - wanted * x, without overflow.
    private static double Loss(double logit, double wanted) => Math.Max(logit, 0) + Math.Log(1 + Math.Exp(-Math.Abs(logit))) - (wanted * logit);
}
