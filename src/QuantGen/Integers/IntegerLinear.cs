using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Integers;

/// <summary>
/// How the exact sums of a run of rows become outputs: <c>(sum * Multipliers[row] + Summands[row]) >> Shift</c> (<see cref="FixedPoint.Scale"/>).
/// </summary>
/// <remarks>
/// The multiplier holds the scales of weights, inputs and outputs; the summand bias, rounding and what the inputs' zero point added to the sum. That no output
/// reaches 2^30 is proved from the codes while the constants are made, so that nothing is cut while a model runs.
/// </remarks>
/// <param name="Multipliers">One a row, in stored order.</param>
/// <param name="Summands">One a row.</param>
/// <param name="Shift">1 to 32.</param>
internal sealed record IntegerLinear(int[] Multipliers, long[] Summands, int Shift)
{
    /// <summary>Folds the constants.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="scales">Its scales.</param>
    /// <param name="matrix">The layer.</param>
    /// <param name="rows">The run of its rows.</param>
    /// <param name="sums">For each stored row what a kernel's sum has more for each unit of the inputs' zero point.</param>
    /// <exception cref="ModelFormatException">A row could reach 2^30, or has scales that no multiplier holds.</exception>
    public static IntegerLinear Of(PackedModel model, IntegerScales scales, MatrixSpec matrix, RowSegment rows, ReadOnlySpan<int> sums)
    {
        Kernels.ActivationParameters input = scales.Range(model.Spec.Graph.SiteOf(matrix.Name));
        double output = scales.OutputOf(matrix.Name);
        ReadOnlySpan<float> weightScales = model.Floats(matrix.Name + ".scales");
        ReadOnlySpan<float> biases = model.Floats(matrix.Name + ".bias");
        int[] order = matrix.StoredRows();
        double[] ratios = new double[rows.Rows];
        for (int r = 0; r < ratios.Length; r++)
        {
            ratios[r] = (double)input.Scale * weightScales[(rows.FirstRow + r) / matrix.RowsPerGroup] / output;
        }

        int shift = Dyadic.SharedShift(ratios.Max());
        if (shift < 1)
        {
            throw new ModelFormatException(model.Name, matrix.Name, "scales whose product is below 2^30 times that of outputs", $"{ratios.Max():G3}");
        }

        int[] multipliers = Array.ConvertAll(ratios, ratio => Dyadic.Multiply(ratio, shift));
        long[] summands = new long[ratios.Length];
        double mostInput = Math.Max(input.ZeroPoint, input.Highest - input.ZeroPoint);
        for (int r = 0; r < summands.Length; r++)
        {
            double bias = biases[order[rows.FirstRow + r]] / output;
            Prove(model, matrix, rows, r, ratios[r] * mostInput, Math.Abs(bias));
            summands[r] = (long)Math.Round(Math.ScaleB(bias, shift)) + FixedPoint.Half(shift) - ((long)multipliers[r] * input.ZeroPoint * sums[r]);
        }

        return new IntegerLinear(multipliers, summands, shift);
    }

    // The largest weights for all inputs are a bound that costs nothing; only where it is not enough the codes of the row are added up.
    private static void Prove(PackedModel model, MatrixSpec matrix, RowSegment rows, int row, double perWeight, double bias)
    {
        double largest = (1 << (rows.Bits - 1)) * (double)matrix.Columns * perWeight;
        if (largest + bias < FixedPoint.TermLimit)
        {
            return;
        }

        double exact = (IntegerCodes.Magnitude(model, matrix, rows, row) * perWeight) + bias;
        if (!(exact < FixedPoint.TermLimit))
        {
            throw new ModelFormatException(
                model.Name, matrix.Name, "outputs that stay below 2^30 units for all inputs", FormattableString.Invariant($"{exact:G3} of row {row}"));
        }
    }
}
