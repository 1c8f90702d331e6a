using QuantGen.Quantization;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Learns for every weight of a matrix whether it goes up or down, so that the matrix's outputs stay (AdaRound).</summary>
/// <remarks>
/// Nagel et al., ICML 2020. The squared distance of outputs, averaged over tokens, depends on the inputs through their mean outer product alone, so that
/// every step sees all of them.
/// </remarks>
internal static class MomentRounding
{
    /// <summary>Finds codes within fixed ranges.</summary>
    /// <param name="weights">The weights, row-major.</param>
    /// <param name="grid">Scales, zero points and widths of 2 bits or more; its codes are not used.</param>
    /// <param name="moments">The mean outer product of the inputs, <c>[columns, columns]</c>.</param>
    /// <param name="options">Steps and rates.</param>
    /// <param name="pass">Whose threads compute.</param>
    /// <param name="cancellation">Stops the work between two steps.</param>
    public static QuantizedMatrix Run(
        float[] weights, QuantizedMatrix grid, double[] moments, RoundingOptions options, TrainingPass pass, CancellationToken cancellation)
    {
        var weight = new Parameter("weight", ParameterKind.Weight, grid.Rows, grid.Columns);
        weights.CopyTo(weight.Values, 0);
        float[] products = Array.ConvertAll(moments, value => (float)value);
        var rounding = new RoundingWeights(weight, grid, startsAtCodes: false, pass.Team.Workers);
        var training = new RoundingTraining([rounding], [], options, pass.Team.Workers);
        float[] errors = new float[weights.Length];
        for (int step = 0; step < options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            training.Prepare(step);
            rounding.Prepare();
            rounding.Clear();
            for (int i = 0; i < errors.Length; i++)
            {
                errors[i] = 2f * (rounding.Values[i] - weights[i]);
            }

            pass.Products.InputGradient(
                new MatrixPlace(errors, 0, grid.Columns), grid.Rows, new MatrixPlace(products, 0, grid.Columns), null, grid.Columns, grid.Columns,
                new MatrixPlace(rounding.Gradients, 0, grid.Columns), accumulate: false);
            rounding.Finish();
            training.Step(step);
        }

        training.Harden();
        return rounding.Codes();
    }
}
