using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Models in which each matrix is stored in one of its ways, or none: how far do their outputs go from the full-precision model's?</summary>
/// <remarks>Activations stay as they are: what is compared is what weights lose.</remarks>
internal sealed class ChildModels
{
    private const int Unknown = -2;

    private readonly RecipeState _state;
    private readonly PlanChoices _choices;
    private readonly OutputProbe _probe;
    private readonly Parameter[] _parameters;
    private readonly int[] _present;
    private readonly Dictionary<(int, int), Action<float[]>> _values = [];

    public ChildModels(RecipeState state, PlanChoices choices, OutputProbe probe)
    {
        _state = state;
        _choices = choices;
        _probe = probe;
        _parameters = probe.WeightsOf(choices.Matrices);
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

    /// <summary>Gets the errors of a matrix in each of its ways when all others are in full precision.</summary>
    public double[] ErrorsAlone(int matrix, CancellationToken cancellation)
    {
        double[] errors = new double[_choices.Choices[matrix].Length];
        int[] plan = new int[_present.Length];
        for (int choice = 0; choice < errors.Length; choice++)
        {
            Array.Fill(plan, PlanSearch.Parent);
            plan[matrix] = choice;
            errors[choice] = Error(plan, cancellation);
            _values.Remove((matrix, choice));
        }

        return errors;
    }

    /// <summary>Takes it that the parameters were changed elsewhere.</summary>
    public void Forget() => Array.Fill(_present, Unknown);

    private void Set(int matrix, int choice, CancellationToken cancellation)
    {
        float[] weights = _state.Weights.Read(_parameters[matrix].Name);
        if (choice != PlanSearch.Parent)
        {
            if (!_values.TryGetValue((matrix, choice), out Action<float[]>? write))
            {
                write = _choices.Fit(matrix, choice, weights, cancellation);
                _values.Add((matrix, choice), write);
            }

            write(weights);
        }

        weights.CopyTo(_parameters[matrix].Values, 0);
        _present[matrix] = choice;
    }
}
