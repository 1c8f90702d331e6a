using QuantGen.Trainable;
using QuantGen.Training.Randomness;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Multiplies vectors by the part of a loss's Hessian that belongs to some parameters: <c>(g(w + e v) - g(w - e v)) / 2e</c>.</summary>
/// <remarks>
/// With a step of 1e-3 of the weights' length the error is the third derivative's and that of gradients in 32 bits: against the exact product of a softmax's
/// cross-entropy less than 5e-4 of its length.
/// </remarks>
/// <param name="parameters">The parameters; all others stay as they are.</param>
/// <param name="addGradients">Adds the loss's gradients at the present values to <see cref="Parameter.Gradients"/>.</param>
internal sealed class HessianProduct(IReadOnlyList<Parameter> parameters, Action addGradients)
{
    private readonly float[][] _values = [.. parameters.Select(parameter => (float[])parameter.Values.Clone())];

    /// <summary>Gets the number of values.</summary>
    public int Count { get; } = parameters.Sum(parameter => parameter.Values.Length);

    /// <summary>Gets the step as a share of the weights' length.</summary>
    public double Share { get; init; } = 1e-3;

    /// <summary>Computes a product; the parameters have their values again in the end.</summary>
    /// <param name="vector">The parameters' values one after the other, not all zero.</param>
    public double[] Of(double[] vector)
    {
        double weights = Math.Sqrt(_values.Sum(values => values.Sum(value => (double)value * value)));
        double step = Share * (weights > 0 ? weights : 1) / PowerIteration.Length(vector);
        double[] product = new double[vector.Length];
        Add(vector, step, product);
        Add(vector, -step, product);
        for (int i = 0; i < parameters.Count; i++)
        {
            _values[i].CopyTo(parameters[i].Values, 0);
            Array.Clear(parameters[i].Gradients);
        }

        return product;
    }

    /// <summary>Draws a vector to start from.</summary>
    /// <param name="random">What it is drawn from.</param>
    public double[] RandomVector(RandomSequence random)
    {
        double[] vector = new double[Count];
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = random.Normal();
        }

        return vector;
    }

    /// <summary>Finds the top eigenvalue, as <see cref="PowerIteration.Run"/> does.</summary>
    /// <param name="start">Where to start, not zero.</param>
    /// <param name="tolerance">How close two quotients in a row must be.</param>
    /// <param name="most">The most products.</param>
    /// <param name="cancellation">Stops before the next product.</param>
    public (double Value, double[] Vector) TopEigenvalue(double[] start, double tolerance, int most, CancellationToken cancellation) => PowerIteration.Run(
        direction =>
        {
            cancellation.ThrowIfCancellationRequested();
            return Of(direction);
        },
        start, tolerance, most);

    private void Add(double[] vector, double step, double[] product)
    {
        int at = 0;
        for (int i = 0; i < parameters.Count; i++)
        {
            float[] values = parameters[i].Values;
            for (int k = 0; k < values.Length; k++)
            {
                values[k] = (float)(_values[i][k] + (step * vector[at++]));
            }

            Array.Clear(parameters[i].Gradients);
        }

        addGradients();
        double factor = 1 / (2 * step);
        at = 0;
        foreach (Parameter parameter in parameters)
        {
            foreach (float gradient in parameter.Gradients)
            {
                product[at++] += factor * gradient;
            }
        }
    }
}
