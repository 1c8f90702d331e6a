using QuantGen.Quantization;
using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Models in which each matrix has one of its widths, or none: how far do their outputs go from the full-precision model's?</summary>
/// <remarks>Activations stay as they are: what is compared is what weights lose.</remarks>
internal sealed class ChildModels
{
    private readonly RecipeState _state;
    private readonly BitChoices _choices;
    private readonly OutputProbe _probe;
    private readonly Parameter[] _parameters;
    private readonly int[] _present;
    private readonly Dictionary<(int, int), QuantizedMatrix> _codes = [];

    public ChildModels(RecipeState state, BitChoices choices, OutputProbe probe)
    {
        _state = state;
        _choices = choices;
        _probe = probe;
        _parameters = [.. choices.Matrices.Select(matrix => probe.Parameters.Single(parameter => parameter.Name == matrix.Name + ".weight"))];
        _present = [.. choices.Matrices.Select(_ => PlanSearch.Parent)];
    }

    /// <summary>Gets the error of a model: its loss beyond that of the full-precision model.</summary>
    /// <param name="plan">The choice of each matrix.</param>
    /// <param name="cancellation">Stops the work.</param>
    public double Error(int[] plan, CancellationToken cancellation)
    {
        for (int i = 0; i < plan.Length; i++)
        {
            if (_present[i] != plan[i])
            {
                Set(i, plan[i], cancellation);
            }
        }

        cancellation.ThrowIfCancellationRequested();
        return _probe.Loss() - _probe.BaseLoss;
    }

    /// <summary>Gets the errors of a matrix at each of its widths when all others are in full precision.</summary>
    public double[] ErrorsAlone(int matrix, CancellationToken cancellation)
    {
        double[] errors = new double[_choices.Widths[matrix].Length];
        int[] plan = new int[_present.Length];
        for (int choice = 0; choice < errors.Length; choice++)
        {
            Array.Fill(plan, PlanSearch.Parent);
            plan[matrix] = choice;
            errors[choice] = Error(plan, cancellation);
            _codes.Remove((matrix, choice));
        }

        return errors;
    }

    private void Set(int matrix, int choice, CancellationToken cancellation)
    {
        float[] weights = _state.Weights.Read(_parameters[matrix].Name);
        if (choice != PlanSearch.Parent)
        {
            if (!_codes.TryGetValue((matrix, choice), out QuantizedMatrix? codes))
            {
                codes = _choices.Fit(matrix, choice, weights, cancellation);
                _codes.Add((matrix, choice), codes);
            }

            codes.Dequantize(weights);
        }

        weights.CopyTo(_parameters[matrix].Values, 0);
        _present[matrix] = choice;
    }
}
