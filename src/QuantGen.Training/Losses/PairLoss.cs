using QuantGen.Sentences;
using QuantGen.Trainable;
using QuantGen.Training.Batching;

namespace QuantGen.Training.Losses;

/// <summary>Lets the cosines of pairs of texts be what people say of them. Dense layers are not trained.</summary>
internal sealed class PairLoss(SentenceTask task, SentenceObjective objective, int threads)
{
    // What cosines are multiplied by before the softmax.
    private const double Scale = 20;

    /// <summary>Adds the gradient with respect to the last hidden states to what is there.</summary>
    /// <param name="trace">The model's trace of the texts.</param>
    /// <param name="batch">First texts, as many second ones, and third ones or none.</param>
    /// <param name="gradient">Receives the gradient.</param>
    /// <returns>The loss.</returns>
    public double Add(TrainingTrace trace, Batch batch, float[] gradient)
    {
        int[] starts = batch.Inputs.Starts;
        int texts = starts.Length - 1;
        int size = task.Head.HiddenSize;
        var passes = new SentencePass[texts];
        FixedChunks.Each(texts, threads, i => passes[i] =
            new SentencePass(task.Head, trace.Hidden[^1].AsSpan(starts[i] * size, (starts[i + 1] - starts[i]) * size), task.SkippedTokens));
        (double[] Unit, double Length)[] units = [.. passes.Select(pass => UnitVectors.Of(pass.Vector))];
        double[][] own = [.. units.Select(unit => new double[unit.Unit.Length])];
        int pairs = batch.Examples.Count(example => example.PartOf == 0);
        double[][] vectors = [.. units.Select(unit => unit.Unit)];
        double loss = objective == SentenceObjective.Cosine ? Cosines(vectors, own, pairs, batch) : Ranking(vectors, own, pairs);
        FixedChunks.Each(texts, threads, i => passes[i].AddGradient(
            UnitVectors.Across(own[i], units[i].Unit, units[i].Length), trace.Hidden[^1].AsSpan(starts[i] * size), gradient.AsSpan(starts[i] * size)));
        return loss;
    }

    private static double Cosines(double[][] units, double[][] own, int pairs, Batch batch)
    {
        double sum = 0;
        for (int i = 0; i < pairs; i++)
        {
            double difference = UnitVectors.Dot(units[i], units[pairs + i]) - batch.Examples[i].Label;
            sum += difference * difference;
            UnitVectors.AddScaled(own[i], units[pairs + i], 2 * difference / pairs);
            UnitVectors.AddScaled(own[pairs + i], units[i], 2 * difference / pairs);
        }

        return sum / pairs;
    }

    private static double Ranking(double[][] units, double[][] own, int pairs)
    {
        int candidates = units.Length - pairs;
        double sum = 0;
        float[] logits = new float[candidates];
        double[] slopes = new double[candidates];
        for (int i = 0; i < pairs; i++)
        {
            for (int j = 0; j < candidates; j++)
            {
                logits[j] = (float)(Scale * UnitVectors.Dot(units[i], units[pairs + j]));
            }

            double normalizer = SoftmaxRow.Fill(logits, 1, slopes);
            sum += normalizer - logits[i];
            slopes[i] -= 1;
            for (int j = 0; j < candidates; j++)
            {
                UnitVectors.AddScaled(own[i], units[pairs + j], Scale * slopes[j] / pairs);
                UnitVectors.AddScaled(own[pairs + j], units[i], Scale * slopes[j] / pairs);
            }
        }

        return sum / pairs;
    }
}
