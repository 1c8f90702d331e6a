using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Models whose matrices are mixtures of all ways to store them: which way does a loss like better?</summary>
internal sealed class MixedModels
{
    private readonly OutputProbe _probe;
    private readonly Parameter[] _parameters;
    private readonly Action<float[]>[][] _values;

    /// <summary>Finds what stands for all matrices in all ways.</summary>
    public MixedModels(RecipeState state, PlanChoices choices, OutputProbe probe, CancellationToken cancellation)
    {
        _probe = probe;
        _parameters = probe.WeightsOf(choices.Matrices);
        _values = new Action<float[]>[_parameters.Length][];
        Files.LoadLoop.Run(
            state.Threads,
            _values.Length,
            i =>
            {
                float[] weights = state.Weights.Read(_parameters[i].Name);
                _values[i] = [.. Enumerable.Range(0, choices.Choices[i].Length).Select(choice => choices.Fit(i, choice, weights, cancellation))];
            },
            cancellation);
    }

    /// <summary>Gets the gradients of a part's loss by the shares: of each choice, the product of its values and the weights' gradients.</summary>
    /// <param name="shares">Of each choice of each matrix.</param>
    /// <param name="part">Which part of the texts.</param>
    public double[][] Gradients(double[][] shares, int part)
    {
        for (int i = 0; i < _parameters.Length; i++)
        {
            float[] values = _parameters[i].Values;
            float[] own = new float[values.Length];
            Array.Clear(values);
            for (int choice = 0; choice < shares[i].Length; choice++)
            {
                _values[i][choice](own);
                float share = (float)shares[i][choice];
                for (int k = 0; k < values.Length; k++)
                {
                    values[k] += share * own[k];
                }
            }
        }

        foreach (Parameter parameter in _probe.Parameters)
        {
            Array.Clear(parameter.Gradients);
        }

        _probe.AddGradients(part);
        return [.. _parameters.Select((parameter, i) => Array.ConvertAll(_values[i], write => Product(parameter.Gradients, write)))];
    }

    private static double Product(float[] gradients, Action<float[]> write)
    {
        float[] values = new float[gradients.Length];
        write(values);
        double sum = 0;
        for (int k = 0; k < values.Length; k++)
        {
            sum += (double)gradients[k] * values[k];
        }

        return sum;
    }
}
